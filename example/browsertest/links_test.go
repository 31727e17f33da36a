package browsertest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// checkTryAgain wants a link to the same address where trying again can help, and none
// where it would send a form twice.
func checkTryAgain(v *visitor, e entry) {
	var want []string
	if e.Method == "" && !e.theirs() {
		want = []string{v.address(e)}
	}
	if got := measure[[]string](v, `() => [...document.querySelectorAll(".button")].map(a => a.href)`); fmt.Sprint(got) != fmt.Sprint(want) {
		v.Errorf("buttons lead to %q, want %q", got, want)
	}
}

func TestTryAgain(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.language = "fr"
		v.look(desktop)
		address := v.program.url + "/failure/connection_refused?fiveohtwo-lang=fr&q=" + url.QueryEscape("a&b=ü")
		v.open(address)
		v.follow(".button", 0)
		v.checkLoaded(request{address, http.StatusBadGateway})
		v.checkLanguage("fr")
	})
}

// checkSwitchLanguage wants German from a page that never asks the failing upstream again.
func checkSwitchLanguage(v *visitor, e entry) {
	if e.Want.Type == "" {
		v.Skip("no error type, no page that explains it")
	}
	v.click("nav summary", 0)
	v.follow("nav a[hreflang=de]", 0)
	v.checkLanguage("de")
	got := measure[string](v, `() => location.href`)
	if want := v.program.url + "/_fiveohtwo/problem/" + string(e.Want.Type) + "?"; !strings.HasPrefix(got, want) {
		v.Errorf("German is at %s, want %s", got, want)
	}
	v.checkLoaded(request{got, http.StatusOK})
	asked := strings.TrimPrefix(v.address(e), v.program.url)
	if n, err := v.program.requests(`"GET ` + asked + " "); n > 1 || err != nil {
		v.Errorf("the failing upstream was asked %d times, want once (%v)", n, err)
	}
}
