// Returns the words of Latin letters and digits in a part of the page, and the values kept apart as such, whose
// characters do not stand from left to right.
part => {
	const faults = [], words = /[\p{Script=Latin}\p{Nd}](?:[\p{Script=Latin}\p{Nd}.,:\/@_-]*[\p{Script=Latin}\p{Nd}])?/gu;
	const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode()); ) {
		if (!text.parentElement.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
		const found = text.parentElement.closest("[dir]")?.localName === "bdi" ? [[text.data]] : text.data.matchAll(words);
		for (const { 0: word, index = 0 } of found) {
			const range = document.createRange();
			let last;
			for (let i = index; i < index + word.length; i++) {
				range.setStart(text, i);
				range.setEnd(text, i + 1);
				const box = range.getBoundingClientRect();
				if (last && box.top < last.bottom && box.left < last.left - 0.5) {
					faults.push("“" + word + "” does not run from left to right");
					break;
				}
				last = box;
			}
		}
	}
	return faults;
}
