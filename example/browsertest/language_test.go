package browsertest

import "testing"

// languages are those that the library brings, with their directions.
var languages = map[string]string{"en": "ltr", "de": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl"}

func (e entry) in(language string) string { return e.path() + "?fiveohtwo-lang=" + language }

func (v *visitor) checkLanguage(want string) {
	v.Helper()
	got := measure[[2]string](v, `() => [document.documentElement.lang, document.documentElement.dir]`)
	if got != [2]string{want, languages[want]} {
		v.Errorf("language and direction are %v, want %s %s", got, want, languages[want])
	}
}

// TestSmallScreen opens each page in each language on the smallest screen.
func TestSmallScreen(t *testing.T) {
	const width = 320
	inEach(t, func(v *visitor) {
		v.look(view{Width: width, Height: 640})
		v.forEntries(func(v *visitor, e entry) {
			for language := range languages {
				v.sub(language, func(v *visitor) {
					v.open(e.in(language))
					v.checkLanguage(language)
					for _, fault := range inAllStates(v, "layout", width) {
						v.Error(fault)
					}
				})
			}
		})
	})
}

func TestAcceptLanguage(t *testing.T) {
	inEach(t, func(v *visitor) {
		for field, want := range map[string]string{"ar,en;q=0.5": "ar", "pt-BR,de-AT;q=0.9,en;q=0.8": "de", "tlh": "en"} {
			v.look(view{Width: 1280, Height: 800, Language: field})
			v.open("/failure/connection_refused")
			v.checkLanguage(want)
		}
	})
}

// inAllStates has a script look at the page in each of its states.
func inAllStates(v *visitor, check string, args ...any) []string {
	v.Helper()
	return measure[[]string](v, "(...args) => ("+script(v, "states")+")("+script(v, check)+", args)", args...)
}
