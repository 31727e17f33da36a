// Returns what can be seen of the page: each block with its own text and its place. What
// differs from one incident to the next is left out, and what only the page's script shows.
() => {
	const looks = [...document.querySelectorAll(":is(.look, .copy, .back):not([hidden])")];
	for (const look of looks) look.hidden = true;
	const own = e => [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.data.trim()).join(" ");
	const seen = [...document.body.querySelectorAll("*")].filter(e => e.checkVisibility() && getComputedStyle(e).display !== "inline").map(e => {
		const box = e.getBoundingClientRect();
		const text = own(e).replace(/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/g, "REFERENCE");
		return e.tagName + " " + [box.x, box.y, box.width, box.height].map(Math.round) + " " + text;
	});
	for (const look of looks) look.hidden = false;
	return seen;
}
