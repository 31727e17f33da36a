// Has a check look at the page in each of its states, and returns what it finds, each
// fault once. The page is left as it came.
(check, args) => {
	const faults = new Map();
	const look = state => {
		for (const fault of check(...args)) {
			if (!faults.has(fault)) faults.set(fault, state);
		}
	};
	const details = [...document.querySelectorAll("details")], answers = [...document.querySelectorAll("input[type=radio]")];
	look("as it comes");
	for (const d of details) d.open = true;
	look("all details open");
	for (const a of answers) {
		a.checked = true;
		look("all details open, answer “" + a.id + "”");
	}
	for (const d of details) d.open = false;
	for (const a of answers) a.checked = false;
	return [...faults].map(([fault, state]) => fault + " (" + state + ")");
}
