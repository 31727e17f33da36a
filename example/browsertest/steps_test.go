package browsertest

import (
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// gap is the class of the line for an entry: where it is drawn broken.
func (e entry) gap() string {
	switch {
	case e.Want.Party == diagnosis.Network:
		return "gap-network"
	case e.Want.Party == diagnosis.Visitor, e.Want.Phase == "":
		return "gap-door"
	case e.Want.Phase == diagnosis.Receive:
		return "gap-site"
	}
	return "gap-between"
}

// TestFailingStep looks for the failure's place, in the steps and on the line.
func TestFailingStep(t *testing.T) {
	type place struct {
		Lists, Steps int
		Here         []int // counted from 1
		Gaps         []string
	}
	inEach(t, func(v *visitor) {
		v.look(view{Width: 1280, Height: 800})
		v.forEntries(func(v *visitor, e entry) {
			v.open(e.path())
			got := measure[place](v, `() => {
				const steps = [...document.querySelectorAll(".steps > li")];
				return {
					lists: document.querySelectorAll(".steps").length,
					steps: steps.length,
					here: steps.flatMap((step, i) => step.classList.contains("here") ? [i + 1] : []),
					gaps: [...document.querySelectorAll(".line")].map(line => [...line.classList].filter(c => c.startsWith("gap-")).join(" ")),
				};
			}`)
			if want := e.gap(); strings.Join(got.Gaps, ",") != want {
				v.Errorf("the lines are of the classes %q, want one of class %s", got.Gaps, want)
			}
			if e.Want.Phase == "" || e.theirs() {
				if got.Lists != 0 {
					v.Errorf("%d lists of steps, want none: phase %q, party %q", got.Lists, e.Want.Phase, e.Want.Party)
				}
				return
			}
			want := slices.Index([]diagnosis.Phase{diagnosis.Lookup, diagnosis.Connect, diagnosis.Send, diagnosis.Receive}, e.Want.Phase) + 1
			if got.Lists != 1 || got.Steps != 4 || !slices.Equal(got.Here, []int{want}) {
				v.Errorf("%d lists with %d steps, stopped at %v; want one with 4, stopped at %d, %s", got.Lists, got.Steps, got.Here, want, e.Want.Phase)
			}
		})
	})
}
