package browsertest

import (
	"os"
	"testing"
)

// TestAxe has axe-core look for barriers, in each page with everything unfolded, and
// in one also as it comes.
func TestAxe(t *testing.T) {
	path := os.Getenv("FIVEOHTWO_AXE")
	if path == "" {
		missing(t, "FIVEOHTWO_AXE does not say where axe.min.js is")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const run = `async folded => {
		const found = [];
		for (const unfolded of folded ? [false, true] : [true]) {
			for (const d of document.querySelectorAll("details")) d.open = unfolded;
			const report = await axe.run(document, { resultTypes: ["violations"] });
			if (report.passes.length < 10) found.push("only " + report.passes.length + " rules were tried");
			for (const v of report.violations) {
				for (const n of v.nodes) found.push(v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + n.html.slice(0, 200));
			}
		}
		return found;
	}`
	inEach(t, func(v *visitor) {
		v.preload("() => {" + string(source) + "}")
		v.look(view{Width: 1280, Height: 800})
		v.forEntries(func(v *visitor, e entry) {
			for _, language := range []string{"en", "ar"} {
				v.sub(language, func(v *visitor) {
					v.open(e.in(language))
					for _, violation := range measure[[]string](v, run, e.Name == "connection_refused") {
						v.Error(violation)
					}
				})
			}
		})
	})
}
