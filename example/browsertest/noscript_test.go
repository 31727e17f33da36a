package browsertest

import (
	"slices"
	"strings"
)

// checkVisible keeps what can be seen, for checkWithoutScript.
func checkVisible(v *visitor, _ entry) {
	v.visible = measure[[]string](v, script(v, "snapshot"))
	if len(v.visible) < 20 {
		v.Errorf("too little can be seen: %q", v.visible)
	}
}

// checkWithoutScript wants nothing to be missing, or elsewhere, where scripts do not run,
// and everything to work.
func checkWithoutScript(v *visitor, e entry) {
	how := desktop
	how.NoScript = true
	v.look(how)
	v.open(v.address(e))
	with, without := strings.Join(v.visible, "\n"), strings.Join(measure[[]string](v, script(v, "snapshot")), "\n")
	if with != without {
		v.Errorf("with script:\n%s\nwithout:\n%s", with, without)
	}
	v.checkAnswers(e)
	v.checkDetails()
}

// checkAnswers gives each answer to the question whether other sites work, and wants the
// text that fits it.
func (v *visitor) checkAnswers(e entry) {
	v.Helper()
	const visible = `() => [...document.querySelectorAll(".check .answer")].flatMap((answer, i) => answer.checkVisibility() ? [i] : [])`
	labels := measure[int](v, `() => document.querySelectorAll(".check label").length`)
	switch {
	case e.theirs() && labels != 0:
		v.Errorf("other sites are asked for, but the party is %s", e.Want.Party)
	case !e.theirs() && labels != 3:
		v.Errorf("there are %d answers, want 3", labels)
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
}

// checkDetails opens all that is folded, from the bottom up: an open list of languages
// may cover what comes after it. What is folded within another comes last.
func (v *visitor) checkDetails() {
	v.Helper()
	const state = `(selector, i) => {
		const d = document.querySelectorAll(selector)[i];
		const parts = [...d.children].slice(1).filter(e => !e.hidden);
		return [d.open, ...parts.map(e => e.checkVisibility({ contentVisibilityAuto: true }) && e.getBoundingClientRect().height > 0)];
	}`
	details := 0
	for _, selector := range []string{"details:not(details details)", "details details"} {
		n := measure[int](v, `selector => document.querySelectorAll(selector).length`, selector)
		details += n
		for i := n - 1; i >= 0; i-- {
			v.click(selector+" > summary", i)
			if got := measure[[]bool](v, state, selector, i); len(got) < 2 || slices.Contains(got, false) {
				v.Errorf("%s %d after a click: open, parts seen: %v, want all true", selector, i, got)
			}
		}
	}
	if details == 0 {
		v.Error("nothing is folded, not even the details for support")
	}
}
