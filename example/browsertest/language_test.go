package browsertest

import "testing"

// checkLanguage wants the language that was asked for, and its direction.
func checkLanguage(v *visitor, _ entry) {
	v.Helper()
	v.checkLanguage(v.language)
}

func (v *visitor) checkLanguage(want string) {
	v.Helper()
	direction := "ltr"
	if want == "ar" {
		direction = "rtl"
	}
	got := measure[[2]string](v, `() => [document.documentElement.lang, document.documentElement.dir]`)
	if got != [2]string{want, direction} {
		v.Errorf("language and direction are %v, want %s %s", got, want, direction)
	}
}

func TestAcceptLanguage(t *testing.T) {
	inEach(t, func(v *visitor) {
		for field, want := range map[string]string{"": "en", "ar,en;q=0.5": "ar", "az,de-AT;q=0.9,en;q=0.8": "de", "tlh": "en"} {
			how := desktop
			how.Language = field
			v.look(how)
			v.open(v.program.url + "/failure/connection_refused")
			v.checkLanguage(want)
		}
	})
}
