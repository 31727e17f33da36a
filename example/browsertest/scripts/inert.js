// What in the page is not from its author: elements of other kinds than in the known page,
// handlers, addresses elsewhere.
(known) => {
	const faults = [...ran, ...violations];
	if (document.cookie) faults.push("the cookie " + document.cookie);
	const page = document.contentType === "text/html";
	for (const e of page ? document.querySelectorAll("*") : []) {
		if (known.includes(e.outerHTML)) continue; // the page's own script
		if (!known.includes(e.localName)) faults.push("the element " + e.localName);
		for (const { name, value } of e.attributes) {
			if (name.startsWith("on")) faults.push("the handler " + name);
			if (!/^(xlink:)?href$|^src|^(form)?action$|^data$|^ping$/.test(name) || known.includes(value)) continue;
			const url = URL.parse(value, location.href);
			if (!url || url.origin !== location.origin) faults.push("the address " + value);
		}
	}
	const strangers = [...document.querySelectorAll("script, img, iframe, object, embed, base, meta[http-equiv]")].filter(e => !known.includes(e.outerHTML)).length;
	if (strangers > 0) faults.push(strangers + " elements that run or load something");
	return { page, faults };
}
