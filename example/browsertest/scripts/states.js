// Has a check look at the page as it comes, with everything unfolded, with all that the
// page's script can say, and at each answer to the question; returns what it finds, each fault once. The page is left as it came.
(check, args) => {
	const faults = new Map();
	const look = (state, part) => {
		for (const fault of check(part, ...args)) {
			if (!faults.has(fault)) faults.set(fault, state);
		}
	};
	const details = [...document.querySelectorAll("details")], answers = [...document.querySelectorAll("input[type=radio]")];
	look("as it comes", document.body);
	for (const d of details) d.open = true;
	look("all details open", document.body);
	const hidden = [...document.querySelectorAll("body [hidden]")];
	for (const h of hidden) h.hidden = false;
	look("all that the script shows", document.body);
	for (const h of hidden) h.hidden = true;
	for (const a of answers) {
		a.checked = true;
		look("answer “" + a.id + "”", a.closest("fieldset"));
	}
	for (const d of details) d.open = false;
	for (const a of answers) a.checked = false;
	return [...faults].map(([fault, state]) => fault + " (" + state + ")");
}
