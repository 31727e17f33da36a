package browsertest

import "testing"

// inBothSchemes has a check look at the wordiest pages in a language, in light and in dark.
func (v *visitor) inBothSchemes(p program, language string, check func(v *visitor)) {
	v.Helper()
	for _, name := range wordiest {
		for _, scheme := range []struct {
			name string
			dark bool
		}{{"light", false}, {"dark", true}} {
			v.sub(language+"/"+name+"/"+scheme.name, func(v *visitor) {
				how := desktop
				how.Dark = scheme.dark
				v.look(how)
				v.open(p.url + "/failure/" + name + "?fiveohtwo-lang=" + language)
				check(v)
			})
		}
	}
}

// TestRightToLeftBarriers has axe-core look for barriers in each language that is written
// from right to left.
func TestRightToLeftBarriers(t *testing.T) {
	inEach(t, func(v *visitor) {
		for _, language := range rightToLeft {
			v.inBothSchemes(v.program, language, func(v *visitor) {
				for _, barrier := range barriers(v, false, true) {
					v.Error(barrier)
				}
			})
		}
	})
}
