package browsertest

import "os"

// axe brings axe-core into the page, or skips the test where there is none.
func axe(v *visitor) {
	v.Helper()
	path := os.Getenv("FIVEOHTWO_AXE")
	if path == "" {
		missing(v.T, "FIVEOHTWO_AXE does not say where axe.min.js is")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		v.Fatal(err)
	}
	measure[bool](v, "() => {"+string(source)+"; return true }")
}

// checkAxe has axe-core look for barriers with everything unfolded, and in one language
// also in the page as it comes.
func checkAxe(v *visitor, _ entry) {
	foldings := []bool{true}
	if v.language == "en" {
		foldings = []bool{false, true}
	}
	for _, barrier := range barriers(v, foldings...) {
		v.Error(barrier)
	}
}

// barriers returns what axe-core finds, with details open or not.
func barriers(v *visitor, open ...bool) []string {
	v.Helper()
	axe(v)
	return measure[[]string](v, `async foldings => {
		const found = [], details = [...document.querySelectorAll("details")];
		const said = [...document.querySelectorAll(".look [hidden]")]; // by the page's script
		for (const open of foldings) {
			for (const d of details) d.open = open;
			for (const s of said) s.hidden = !open;
			const report = await axe.run(document, { resultTypes: ["violations"] });
			if (report.passes.length < 10) found.push("only " + report.passes.length + " rules had anything to look at");
			for (const v of report.violations) {
				for (const n of v.nodes) found.push(v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + n.html.slice(0, 200));
			}
		}
		for (const d of details) d.open = false;
		for (const s of said) s.hidden = true;
		return found;
	}`, open)
}
