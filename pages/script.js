// The script of a page: one function for each thing that it can do. It writes no text of
// its own, it shows and hides what the page holds; and it asks for nothing by itself.
"use strict";

// ask gives the answer of an address, whatever it says; none within five seconds is none.
function ask(url, how) {
	return fetch(url, { ...how, cache: "no-store", signal: AbortSignal.timeout(5000) });
}

// findOut gives the name of the sentence that is true. Only where the gateway cannot be
// reached, other places tell whether anything can. A page that came by https may not ask
// by http, which would tell nothing: as texts, "http:" comes before "https:".
async function findOut({ status, canaries = "" }) {
	if (!navigator.onLine) return "offline";
	const answer = await ask(status, { credentials: "same-origin" }).catch(() => 0);
	if (answer) return { 204: "back", 503: "down" }[answer.status] || "unclear";
	const places = canaries.split(" ").filter(url => url > location.protocol);
	const bare = { mode: "no-cors", credentials: "omit", referrerPolicy: "no-referrer" };
	return Promise.any(places.map(url => ask(url, bare))).then(
		() => "front",
		() => (places[0] ? "network" : "unclear"),
	);
}

// checkForMe looks when the visitor asks for it. Focus moves on to the link that tries
// again, unless the visitor has gone elsewhere meanwhile.
function checkForMe(part) {
	const button = part.querySelector("button");
	const sentences = part.querySelectorAll("[data-is]"); // the first one is "wait"
	const show = name => sentences.forEach(s => (s.hidden = s.dataset.is != name));
	button.onclick = async () => {
		if (!sentences[0].hidden) return;
		show("wait");
		const name = await findOut(part.dataset);
		show(name);
		if (name == "back" && document.activeElement == button) part.querySelector("a")?.focus();
	};
	part.hidden = false;
}

checkForMe(document.querySelector(".look"));
