package browsertest

import (
	"os"
)

// axe returns a function for a page to get axe-core with when it is wanted, which is not
// read before. It does nothing where there is none.
func axe(v *visitor) string {
	v.Helper()
	path := os.Getenv("FIVEOHTWO_AXE")
	if path == "" {
		if required() {
			v.Fatal("FIVEOHTWO_AXE does not say where axe.min.js is")
		}
		return "() => {}"
	}
	source, err := os.ReadFile(path)
	if err != nil {
		v.Fatal(err)
	}
	return "() => { globalThis.bringAxe = () => {" + string(source) + "} }"
}

// checkAxe has axe-core look for barriers with everything unfolded, and in one entry also
// in the page as it comes.
func checkAxe(v *visitor, e entry) {
	if os.Getenv("FIVEOHTWO_AXE") == "" {
		v.Skip("FIVEOHTWO_AXE does not say where axe.min.js is")
	}
	const run = `async foldings => {
		bringAxe();
		const found = [], details = [...document.querySelectorAll("details")];
		for (const open of foldings) {
			for (const d of details) d.open = open;
			const report = await axe.run(document, { resultTypes: ["violations"] });
			if (report.passes.length < 10) found.push("only " + report.passes.length + " rules had anything to look at");
			for (const v of report.violations) {
				for (const n of v.nodes) found.push(v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + n.html.slice(0, 200));
			}
		}
		for (const d of details) d.open = false;
		return found;
	}`
	foldings := []bool{true}
	if e.Name == "connection_refused" {
		foldings = []bool{false, true}
	}
	for _, violation := range measure[[]string](v, run, foldings) {
		v.Error(violation)
	}
}
