package browsertest

import (
	"slices"
	"testing"
)

// TestAnswers asks whether other sites work, and wants the text that fits the answer. It
// must do so without script.
func TestAnswers(t *testing.T) {
	const visible = `() => [...document.querySelectorAll(".check .answer")].flatMap((answer, i) => answer.checkVisibility() ? [i] : [])`
	inEach(t, func(v *visitor) {
		v.look(view{Width: 1280, Height: 800, NoScript: true})
		v.forEntries(func(v *visitor, e entry) {
			v.open(e.path())
			labels := measure[int](v, `() => document.querySelectorAll(".check label").length`)
			if e.theirs() {
				if labels != 0 {
					v.Errorf("the question has %d answers, want no question: the party is %s", labels, e.Want.Party)
				}
				return
			}
			if labels != 3 {
				v.Errorf("the question has %d answers, want 3", labels)
			}
			if got := measure[[]int](v, visible); len(got) > 0 {
				v.Errorf("the texts %v can be seen before there is an answer", got)
			}
			for i := range labels {
				v.click(".check label", i)
				if got := measure[[]int](v, visible); !slices.Equal(got, []int{i}) {
					v.Errorf("after a click on answer %d the texts %v can be seen", i, got)
				}
			}
		})
	})
}
