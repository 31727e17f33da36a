package browsertest

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
)

// checkTryAgain wants a link to the same address, and none where it would send a form
// twice or where the visitor's own request is at fault.
func checkTryAgain(v *visitor, e entry) {
	var want []string
	if e.Method == "" && !e.theirs() {
		want = []string{v.address(e)}
	}
	if got := measure[[]string](v, `() => [...document.querySelectorAll(".act > a")].map(a => a.href)`); fmt.Sprint(got) != fmt.Sprint(want) {
		v.Errorf("trying again leads to %q, want %q", got, want)
	}
}

func TestTryAgain(t *testing.T) {
	inEach(t, func(v *visitor) {
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
	v.follow("nav a:not([hreflang])", 0) // the page that lists all
	v.follow("nav a[hreflang=de]", 0)
	v.checkLanguage("de")
	got := measure[string](v, `() => location.href`)
	problem, query, _ := strings.Cut(got, "?")
	name := path.Base(problem)
	if !strings.HasPrefix(problem, v.program.url+"/") || !strings.HasSuffix(problem, "/_fiveohtwo/problem/"+name) || name != string(e.Want.Type) && name != string(e.Alternative) {
		v.Errorf("German is at %s with %q, want the problem %s", problem, query, e.Want.Type)
	}
	v.checkLoaded(request{got, http.StatusOK})
	asked := strings.TrimPrefix(v.address(e), v.program.url)
	if n, err := v.program.requests(`"GET ` + asked + " "); n > 1 || err != nil {
		v.Errorf("the failing upstream was asked %d times, want once (%v)", n, err)
	}
}
