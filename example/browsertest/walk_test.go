package browsertest

import (
	"slices"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// The sizes that pages are shown at.
var (
	desktop  = view{Width: 1280, Height: 800}
	phone    = view{Width: 390, Height: 844}
	smallest = view{Width: 320, Height: 640}
)

// languages are those that the library brings.
var languages = []string{"en", "ar", "de", "es", "fr"}

// A check is what is looked at in a page that has just been opened for a desktop.
type check struct {
	name      string
	scope     scope
	languages []string // empty: all
	look      func(v *visitor, e entry)
}

// checks are made of each page in this order, which matters: the first ones want the page
// untouched, the last ones leave it.
var checks = []check{
	{"loading", everyFailure, []string{"en"}, checkLoading},
	{"language", everyFailure, nil, checkLanguage},
	{"steps", everyFailure, []string{"en"}, checkSteps},
	{"line", everyFailure, []string{"en"}, checkLine},
	{"try again", everyFailure, []string{"en"}, checkTryAgain},
	{"visible", everyShape, []string{"en"}, checkVisible},
	{"contrast", everyShape, []string{"en", "ar"}, checkContrast},
	{"axe", everyShape, []string{"en", "ar"}, checkAxe},
	{"small screen", everyWording, nil, checkSmallScreen},
	{"switch language", everyShape, []string{"en"}, checkSwitchLanguage},
	{"without script", everyShape, []string{"en"}, checkWithoutScript},
}

// TestGallery walks through the gallery and makes the checks. Browsers tell little of
// their requests for icons, so the program is asked about those.
func TestGallery(t *testing.T) {
	inEach(t, func(v *visitor) {
		all, err := theGallery()
		if err != nil {
			v.Fatal(err)
		}
		for _, e := range all {
			v.sub(e.Name, func(v *visitor) {
				for _, language := range languages {
					if language == "en" || e.scope >= everyWording {
						v.sub(language, func(v *visitor) { v.makeChecks(e, language) })
					}
				}
			})
		}
		if n, err := v.program.requests("icon"); n > 0 || err != nil {
			v.Errorf("the program was asked %d times for an icon (%v)", n, err)
		}
	})
}

func (v *visitor) makeChecks(e entry, language string) {
	v.language = language
	v.look(desktop)
	v.open(v.address(e))
	for _, c := range checks {
		if e.scope >= c.scope && (len(c.languages) == 0 || slices.Contains(c.languages, language)) {
			v.sub(c.name, func(v *visitor) { c.look(v, e) })
		}
	}
}

// address is that of an entry in the visitor's language. Browsers use different ones, so
// that the program's log tells them apart.
func (v *visitor) address(e entry) string {
	return v.program.url + e.path() + "?seen-in=" + v.browser + "&fiveohtwo-lang=" + v.language
}

// TestGalleryIsComplete wants every case that a browser can be shown.
func TestGalleryIsComplete(t *testing.T) {
	all, err := theGallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range upstreamtest.Cases() {
		if c.Shown() && !slices.ContainsFunc(all, func(e entry) bool { return e.Name == c.Name }) {
			t.Errorf("the gallery does not show %s", c.Name)
		}
	}
}
