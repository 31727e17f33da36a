package browsertest

import (
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// checkSteps wants the failure at its place among the four steps.
func checkSteps(v *visitor, e entry) {
	got := measure[struct {
		Lists, Steps int
		Here         []int // counted from 1
	}](v, `() => {
		const steps = [...document.querySelectorAll(".steps > li")];
		return {
			lists: document.querySelectorAll(".steps").length,
			steps: steps.length,
			here: steps.flatMap((step, i) => step.classList.contains("here") ? [i + 1] : []),
		};
	}`)
	if e.Want.Phase == "" || e.theirs() {
		if got.Lists != 0 {
			v.Errorf("there are steps, want none: phase %q, party %s", e.Want.Phase, e.Want.Party)
		}
		return
	}
	phases := []diagnosis.Phase{diagnosis.Lookup, diagnosis.Connect, diagnosis.Send, diagnosis.Receive}
	want := slices.Index(phases, e.Want.Phase) + 1
	if got.Lists != 1 || got.Steps != 4 || !slices.Equal(got.Here, []int{want}) {
		v.Errorf("%d lists of %d steps, stopped at %v; want one of 4, stopped at %d, %s", got.Lists, got.Steps, got.Here, want, e.Want.Phase)
	}
}

// checkLine wants the line to be broken at the failure's place.
func checkLine(v *visitor, e entry) {
	got := measure[[]string](v, `() => [...document.querySelectorAll(".line")].map(line => [...line.classList].filter(c => c.startsWith("gap-")).join(" "))`)
	if want := e.gap(); len(got) != 1 || got[0] != want {
		v.Errorf("lines of the classes %q, want one of class %s", got, want)
	}
}

// gap is the class of a line that is broken where the entry fails.
func (e entry) gap() string {
	switch {
	case e.Want.Party == diagnosis.Network:
		return "gap-network"
	case e.Want.Party == diagnosis.Visitor, e.Want.Phase == "", e.Want.Type == diagnosis.DestinationIPProhibited:
		return "gap-door" // which did not even try
	case e.Want.Type == diagnosis.HTTPProtocolError && e.Want.Phase == diagnosis.Connect:
		return "gap-door" // its own forward proxy speaks no HTTP
	case e.Want.Phase == diagnosis.Receive:
		return "gap-site"
	}
	return "gap-between"
}
