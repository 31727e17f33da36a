// Returns visible text in a part of the page whose contrast (WCAG 2.2, 1.4.3) with what is behind it is less
// than least, from computed colours; generated text and list markers too.
(part, least) => {
	const parse = colour => {
		const n = (colour.match(/-?[\d.]+(e-?\d+)?/g) || []).map(Number), alpha = n.length > 3 ? n[3] : 1;
		if (/^rgba?\(/.test(colour)) return [n[0], n[1], n[2], alpha];
		if (/^color\(srgb /.test(colour)) return [n[0] * 255, n[1] * 255, n[2] * 255, alpha];
		throw new Error("a colour that cannot be read: " + colour);
	};
	const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
	const luminance = colour => {
		const [r, g, b] = colour.map(c => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ground = element => {
		let colour = [255, 255, 255, 1];
		const path = [];
		for (let e = element; e; e = e.parentElement) path.unshift(getComputedStyle(e));
		for (const style of path) {
			if (style.backgroundImage !== "none") throw new Error("text on an image: " + element.outerHTML);
			colour = over(parse(style.backgroundColor), colour);
		}
		return [colour, path.reduce((opacity, style) => opacity * style.opacity, 1)];
	};
	const faults = [];
	const check = (element, style, text) => {
		const [below, opacity] = ground(element), colour = parse(style.webkitTextFillColor || style.color);
		colour[3] *= opacity;
		const [a, b] = [luminance(over(colour, below)), luminance(below)];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < least) faults.push("“" + text.slice(0, 40) + "” in " + element.tagName.toLowerCase() + "." + element.className + " has a contrast of " + ratio.toFixed(2) + ":1, " + (style.webkitTextFillColor || style.color) + " on rgb(" + below.slice(0, 3).map(Math.round) + ")");
	};
	const seen = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true });
	const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode()); ) {
		const range = document.createRange(), e = text.parentElement;
		range.selectNodeContents(text);
		if (text.data.trim() && seen(e) && [...range.getClientRects()].some(r => r.width > 0)) check(e, getComputedStyle(e), text.data.trim());
	}
	for (const e of part.querySelectorAll("*")) {
		if (!seen(e)) continue;
		for (const pseudo of ["::before", "::after"]) {
			const style = getComputedStyle(e, pseudo);
			if (!["none", "normal", '""', "-moz-alt-content"].includes(style.content)) check(e, style, pseudo + " " + style.content);
		}
		const style = getComputedStyle(e);
		if (style.display === "list-item" && style.listStyleType !== "none") check(e, getComputedStyle(e, "::marker"), "::marker");
	}
	return faults;
}
