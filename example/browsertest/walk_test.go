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

// languages are those that the library brings, with their directions.
var languages = map[string]string{"en": "ltr", "de": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl"}

// A check is what is looked at in a page that has just been opened for a desktop.
type check struct {
	name      string
	languages []string // empty: all
	look      func(v *visitor, e entry)
}

// checks are made of each page in this order, which matters: the first ones want the page
// untouched, the last ones leave it.
var checks = []check{
	{"loading", []string{"en"}, checkLoading},
	{"visible", []string{"en"}, checkVisible},
	{"language", nil, checkLanguage},
	{"steps", []string{"en"}, checkSteps},
	{"line", []string{"en"}, checkLine},
	{"try again", []string{"en", "ar"}, checkTryAgain},
	{"contrast", []string{"en", "ar"}, checkContrast},
	{"axe", []string{"en", "ar"}, checkAxe},
	{"small screen", nil, checkSmallScreen},
	{"switch language", []string{"en"}, checkSwitchLanguage},
	{"without script", []string{"en"}, checkWithoutScript},
}

// TestGallery walks through the gallery and makes all checks of each failure.
func TestGallery(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.preload(axe(v))
		for _, e := range v.entries() {
			v.sub(e.Name, func(v *visitor) {
				for language := range languages {
					v.sub(language, func(v *visitor) { v.makeChecks(e, language) })
				}
			})
		}
	})
}

func (v *visitor) makeChecks(e entry, language string) {
	v.language = language
	v.look(desktop)
	v.open(v.address(e))
	for _, c := range checks {
		if len(c.languages) == 0 || slices.Contains(c.languages, language) {
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
