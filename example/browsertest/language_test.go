package browsertest

import (
	"slices"
	"testing"
)

// rightToLeft are the languages that are written so.
var rightToLeft = []string{"ar", "fa", "he", "ur"}

// checkLanguage wants the language that was asked for, and its direction.
func checkLanguage(v *visitor, _ entry) {
	v.Helper()
	v.checkLanguage(v.language)
}

func (v *visitor) checkLanguage(want string) {
	v.Helper()
	direction := "ltr"
	if slices.Contains(rightToLeft, want) {
		direction = "rtl"
	}
	got := measure[[2]string](v, `() => [document.documentElement.lang, document.documentElement.dir]`)
	if got != [2]string{want, direction} {
		v.Errorf("language and direction are %v, want %s %s", got, want, direction)
	}
}

func TestAcceptLanguage(t *testing.T) {
	inEach(t, func(v *visitor) {
		for field, want := range map[string]string{"": "en", "ar,en;q=0.5": "ar", "pt-AO,de-AT;q=0.9,en;q=0.8": "pt-PT", "tlh,de-AT;q=0.9,en;q=0.8": "de", "tlh": "en"} {
			how := desktop
			how.Language = field
			v.look(how)
			v.open(v.program.url + "/failure/connection_refused")
			v.checkLanguage(want)
		}
	})
}
