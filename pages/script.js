// The script of a page: one function for each thing that it can do. It shows and hides what
// the page holds, and writes no words of its own. It asks for nothing while the page loads.
"use strict";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => within.querySelectorAll(selector);
const show = (elements, wanted) => elements.forEach(e => (e.hidden = !wanted(e)));

// ask gives the answer of an address, whatever it says; none within five seconds is none.
function ask(url, how) {
	return fetch(url, { ...how, cache: "no-store", signal: AbortSignal.timeout(5000) });
}

// Each time is told as the visitor's own clock shows it, too.
function tellLocalTimes() {
	for (const time of all("time")) {
		const at = new Date(time.dateTime);
		const today = at.toDateString() == new Date().toDateString();
		const local = at.toLocaleString(one("html").lang, { timeStyle: "short", dateStyle: today ? undefined : "medium" });
		if (at.getTimezoneOffset()) time.after(` (${local})`);
	}
}

// What only shows here takes the place of the verdict: that the device is offline, or that
// the page is an old copy, which only a page that tells its time can be.
let saved;
function judge() {
	const now = saved ? "saved" : navigator.onLine ? undefined : "offline";
	show(all(".verdict"), v => v.dataset.now == now);
}

// findOut gives the name of the sentence that is true, and how many seconds to wait. Only
// where the gateway cannot be reached, other places tell whether anything can. A page that
// came by https may not ask by http, which would tell nothing: as texts, "http:" comes
// before "https:". How old the page is tells the gateway's clock, as the visitor's own may
// be wrong: a copy that a service worker or the history kept claims what nobody knows.
async function findOut({ status, canaries = "" }) {
	if (!navigator.onLine) return ["offline"];
	const answer = await ask(status).catch(() => 0);
	if (answer) {
		const age = Date.parse(answer.headers.get("date")) - Date.parse(one("time[data-as]")?.dateTime) - performance.now();
		if (!saved && (saved = age > 30000)) all(".more form").forEach(help => (help.parentNode.open = true));
		judge();
		return [{ 204: "back", 503: "down" }[answer.status] || "unclear", +answer.headers.get("retry-after")];
	}
	const places = canaries.split(" ").filter(url => url > location.protocol);
	const bare = { mode: "no-cors", referrerPolicy: "no-referrer" };
	return Promise.any(places.map(url => ask(url, bare))).then(
		() => ["front"],
		() => [places[0] ? "network" : "unclear"],
	);
}

// look finds out when the visitor asks for it. Where trying again is safe, it also does so
// from time to time by itself, for half an hour; it rests while nobody sees the page or the
// device is offline. When the site is back, the page opens it, unless it is in use.
function look(part) {
	const [now, stop] = all("button", part);
	const clock = one(".next bdi", part);
	const say = name => show(all("[data-is]", part), s => s.dataset.is == name);
	const waits = [6, 10, 20, 40, 60, 120, 300]; // the first is diagnosis.FirstWait, the last one comes again and again
	let busy, touched, back, timer, left, rest = 1800;
	const wait = seconds => {
		left = Math.ceil((seconds || waits[0]) * (0.8 + Math.random() * 0.4));
		if (waits[1]) waits.shift();
	};
	const find = async () => {
		busy = true;
		const [name, seconds] = await findOut(part.dataset);
		busy = false;
		back = name == "back";
		say(name);
		back ? (left = seconds) : wait(seconds);
	};
	const end = () => {
		clearInterval(timer);
		show(all(".next", part), () => false);
	};
	const tick = async () => {
		if (busy || document.hidden || !navigator.onLine) return;
		if (back && touched) return end();
		if (!rest--) return end(say("stopped"));
		if (--left < 0) await (back ? location.replace("") : find());
		clock.textContent = Math.trunc(left / 60) + ":" + `${left % 60}`.padStart(2, "0");
	};
	now.onclick = async () => {
		if (busy) return;
		say("wait");
		await find();
		if (back && now.matches(":focus")) one("a", part)?.focus();
	};
	part.hidden = false;
	if (!clock) return;
	stop.onclick = () => {
		end(say("stopped"));
		now.focus();
	};
	self.onclick = self.onkeydown = () => (touched = true);
	wait();
	tick();
	timer = setInterval(tick, 1000);
}

// clearCopies has the browser throw away its saved copies without leaving the page. What it
// holds in the memory of this tab stays, so the way on leads to another one. A service worker
// and its copies survive that: they go when the visitor wants it, where there is one.
function clearCopies(form) {
	const workers = navigator.serviceWorker;
	form.hidden = !isSecureContext;
	workers?.getRegistration().then(worker => (one("label", form).hidden = !worker));
	form.onsubmit = async event => {
		event.preventDefault();
		if (one(":checked", form)) {
			try {
				for (const name of await caches.keys()) await caches.delete(name);
				for (const worker of await workers.getRegistrations()) await worker.unregister();
			} catch {} // what is broken stays
		}
		const answer = await ask(form.action, { method: "POST" }).catch(() => 0);
		answer.ok ? (one("a", form).hidden = false) : form.submit();
	};
}

// copyReport copies what support asks for. On plain http there is no clipboard but this one.
function copyReport(part) {
	const [button, done] = part.children;
	button.onclick = async () => {
		const report = Array.from(all("[data-as]"), e => `${e.dataset.as}: ${e.textContent}`).join("\n");
		if (navigator.clipboard) await navigator.clipboard.writeText(report);
		else {
			document.oncopy = e => e.preventDefault(e.clipboardData.setData("text", report));
			document.execCommand("copy");
			document.oncopy = null;
		}
		done.textContent = button.dataset.done;
	};
	part.hidden = false;
}

// backToForm goes back by a button instead of by words.
function backToForm(part) {
	const button = one("button", part);
	if (history.length < 2) return;
	button.onclick = () => history.back();
	button.hidden = false;
	part.replaceChildren(button);
}

all(".look").forEach(look);
all(".copy").forEach(copyReport);
all(".back").forEach(backToForm);
tellLocalTimes();
judge();
self.ononline = self.onoffline = judge;
all(".more form").forEach(clearCopies); // last: in a sandbox there may be no way to a service worker
