// Returns text in a part of the page that does not fit where it stands, sideways. A pixel is granted for
// rounding and for letters that lean over.
(part, width) => {
	const faults = [], root = document.documentElement;
	if (root.scrollWidth > width) faults.push("the page scrolls sideways: " + root.scrollWidth + " px on " + width);
	const name = e => e.tagName.toLowerCase() + (e.className && "." + e.getAttribute("class").trim().replaceAll(" ", "."));
	const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode()); ) {
		const range = document.createRange();
		range.selectNodeContents(text);
		if (!text.data.trim() || !text.parentElement.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
		for (const line of range.getClientRects()) {
			if (line.width === 0) continue;
			const report = what => faults.push("“" + text.data.trim().slice(0, 40) + "” in " + name(text.parentElement) + " " + what);
			if (line.left < -1 || line.right > root.clientWidth + 1) {
				report("leaves the screen: " + Math.round(line.left) + " to " + Math.round(line.right));
				break;
			}
			let fits = true;
			for (let e = text.parentElement; fits && e !== root; e = e.parentElement) {
				const style = getComputedStyle(e), box = e.getBoundingClientRect();
				if (style.display === "inline" || style.display === "contents") continue;
				if (line.left < box.left - 1 || line.right > box.right + 1) {
					fits = false;
					report((style.overflowX === "visible" ? "sticks out of " : "is clipped by ") + name(e));
				} else if (style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1) {
					fits = false;
					report("must be scrolled sideways in " + name(e));
				}
				if (style.position === "absolute" || style.position === "fixed") break; // of no ancestor's width
			}
			if (!fits) break;
		}
	}
	return faults;
}
