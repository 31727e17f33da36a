// Returns the letters of the page, and of other text in its body's font, that no font has. They are drawn like a code
// point that nobody has assigned; so is each part of a letter that is composed. Spaces and marks that cannot be seen are
// left out.
other => {
	const nobody = "\u0378", unseen = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}]*$/u;
	const size = 20, canvas = new OffscreenCanvas(size * 7, size * 2); // room for letters of many parts
	const context = canvas.getContext("2d", { willReadFrequently: true });
	const draw = (font, text) => {
		context.clearRect(0, 0, canvas.width, canvas.height);
		context.font = font;
		context.fillText(text, size, size * 1.4);
		return new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
	};
	const same = (a, b) => a.every((dot, i) => dot === b[i]);
	const fontOf = e => {
		const style = getComputedStyle(e);
		return style.fontStyle + " " + style.fontWeight + " " + size + "px " + style.fontFamily;
	};
	const letters = new Map(), cut = new Intl.Segmenter(document.documentElement.lang);
	const add = (font, text) => {
		if (!letters.has(font)) letters.set(font, new Set());
		for (const { segment } of cut.segment(text)) letters.get(font).add(segment);
	};
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode()); ) {
		if (text.parentElement.localName !== "script") add(fontOf(text.parentElement), text.data);
	}
	add(fontOf(document.body), other);
	const faults = [], name = text => [...text].map(c => "U+" + c.codePointAt().toString(16).toUpperCase().padStart(4, "0")).join(" ");
	const blank = new Uint32Array(canvas.width * canvas.height);
	let drawn = 0;
	for (const [font, all] of letters) {
		context.font = font;
		if (!context.font.includes(font.slice(font.indexOf("px ") + 3).split(",")[0])) faults.push("the canvas does not take " + font);
		if (same(draw(font, nobody), blank) || same(draw(font, nobody), draw(font, "A"))) faults.push("a missing letter cannot be seen in " + font);
		for (const letter of all) {
			if (unseen.test(letter)) continue;
			drawn++;
			const points = [...letter], picture = draw(font, letter);
			const lost = points.some((point, i) => !unseen.test(point) && same(draw(font, points.with(i, nobody).join("")), picture));
			if (lost || same(picture, blank)) faults.push("“" + letter + "” (" + name(letter) + ") is in none of " + font);
		}
	}
	if (drawn < 50) faults.push("only " + drawn + " letters were drawn");
	return faults;
}
