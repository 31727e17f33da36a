package browsertest

import ("testing";"time")

func TestTry(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.preload(axe(v))
		tick := func(n string, f func()) { s := time.Now(); f(); v.Logf("%-10s %v", n, time.Since(s).Round(time.Millisecond)) }
		for range 3 {
		tick("look", func(){ v.look(desktop) })
		tick("open", func(){ v.open(v.program.url+"/failure/connection_refused?fiveohtwo-lang=en") })
		tick("eval", func(){ measure[any](v, "() => 1") })
		tick("layout", func(){ inAllStates(v, "layout", 1280) })
		tick("look", func(){ v.look(smallest) })
		tick("eval", func(){ measure[any](v, "() => 1") })
		tick("layout", func(){ inAllStates(v, "layout", 1280) })
		tick("layoutms", func(){ v.Log(measure[any](v, "(...args) => { const s = performance.now(); const r = ("+script(v, "states")+")("+script(v, "layout")+", args); return performance.now()-s }", 320)) })
		tick("contrast", func(){ inAllStates(v, "contrast", 4.5) })
		tick("contrast", func(){ inAllStates(v, "contrast", 4.5) })
		tick("look", func(){ v.look(desktop) })
		tick("axe", func(){ checkAxe(v, entry{}) })
		tick("axe", func(){ checkAxe(v, entry{}) })
		tick("snap", func(){  measure[[]string](v, script(v, "snapshot")) })
		tick("details", func(){  v.checkDetails() })
		tick("answers", func(){  v.checkAnswers(entry{}) })
		}
	})
}
