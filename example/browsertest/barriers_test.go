package browsertest

import (
	"flag"
	"fmt"
	"testing"
)

var barriersEverywhere = flag.Bool("barriers", false, "look for barriers on every shape of page in each theme, which takes long")

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

// TestBarriers has axe-core and HTML_CodeSniffer look at every shape of page in each theme, in
// light and in dark, in languages of three scripts. It takes long.
func TestBarriers(t *testing.T) {
	if !*barriersEverywhere {
		t.Skip("without -barriers")
	}
	all, err := theGallery()
	if err != nil {
		t.Fatal(err)
	}
	themes := startThemes(t)
	inEach(t, func(v *visitor) {
		pages := 0
		for _, theme := range themes {
			for _, e := range all {
				for _, language := range []string{"en", "ar", "ja"} {
					for _, dark := range []bool{false, true} {
						if e.scope < everyShape {
							continue
						}
						v.sub(fmt.Sprintf("%s/%s/%s/dark=%t", theme.name, e.Name, language, dark), func(v *visitor) {
							how := desktop
							how.Dark = dark
							v.look(how)
							v.open(theme.program.url + e.path() + "?fiveohtwo-lang=" + language)
							for _, fault := range append(barriers(v, true), v.sniff()...) {
								v.Error(fault)
							}
							pages++
						})
					}
				}
			}
		}
		v.Logf("%d pages", pages)
	})
}
