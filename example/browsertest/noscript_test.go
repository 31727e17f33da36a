package browsertest

import (
	"slices"
	"strings"
)

// checkWithoutScript wants nothing to be missing, or elsewhere, where scripts do not run,
// and everything to work.
func checkWithoutScript(v *visitor, e entry) {
	shown := func(noScript bool) []string {
		how := desktop
		how.NoScript = noScript
		v.look(how)
		v.open(v.address(e) + "&again")
		return measure[[]string](v, script(v, "snapshot"))
	}
	with, without := shown(false), shown(true)
	if len(with) < 20 {
		v.Errorf("too little can be seen: %q", with)
	}
	if a, b := strings.Join(with, "\n"), strings.Join(without, "\n"); a != b {
		v.Errorf("with script:\n%s\nwithout:\n%s", a, b)
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

// checkDetails opens and closes all that is folded.
func (v *visitor) checkDetails() {
	v.Helper()
	const state = `i => {
		const d = document.querySelectorAll("details")[i];
		return [d.open, ...[...d.children].slice(1).map(e => e.checkVisibility({ contentVisibilityAuto: true }) && e.getBoundingClientRect().height > 0)];
	}`
	details := measure[int](v, `() => document.querySelectorAll("details").length`)
	if details == 0 {
		v.Error("nothing is folded, not even the details for support")
	}
	for i := range details {
		for _, want := range []bool{true, false} {
			v.click("summary", i)
			got := measure[[]bool](v, state, i)
			if len(got) < 2 || slices.Contains(got, !want) {
				v.Errorf("details %d after a click: open, parts seen: %v, want all %t", i, got, want)
			}
		}
	}
}
