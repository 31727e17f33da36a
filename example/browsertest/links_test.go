package browsertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestDetails opens and closes what is folded, without script.
func TestDetails(t *testing.T) {
	const state = `i => {
		const d = document.querySelectorAll("details")[i];
		return [d.open, ...[...d.children].slice(1).map(e => e.checkVisibility({ contentVisibilityAuto: true }) && e.getBoundingClientRect().height > 0)];
	}`
	inEach(t, func(v *visitor) {
		v.look(view{Width: 390, Height: 844, NoScript: true})
		v.forEntries(func(v *visitor, e entry) {
			v.open(e.path())
			details := measure[int](v, `() => document.querySelectorAll("details").length`)
			if details == 0 {
				v.Error("nothing is folded, not even the details for support")
			}
			for i := range details {
				for _, open := range []bool{true, false} {
					v.click("summary", i)
					got := measure[[]bool](v, state, i)
					for _, seen := range got {
						if seen != open || len(got) < 2 {
							v.Errorf("details %d after a click: open, parts seen: %v, want all %t", i, got, open)
							break
						}
					}
				}
			}
		})
	})
}

func TestTryAgain(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.look(view{Width: 1280, Height: 800})
		v.forEntries(func(v *visitor, e entry) {
			v.open(e.in("fr"))
			var want []string
			if e.Method == "" && !e.theirs() { // else trying again would repeat what may change something, or is in vain
				want = []string{v.program.url + e.in("fr")}
			}
			if got := measure[[]string](v, `() => [...document.querySelectorAll(".button")].map(a => a.href)`); fmt.Sprint(got) != fmt.Sprint(want) {
				v.Errorf("buttons lead to %q, want %q", got, want)
			}
			if e.Name == "connection_refused" {
				v.follow(".button", 0)
				v.checkLoaded(request{want[0], http.StatusBadGateway})
				v.checkLanguage("fr")
			}
		})
	})
}

// TestSwitchLanguage wants German from a page that never asks the failing upstream again.
func TestSwitchLanguage(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.look(view{Width: 1280, Height: 800})
		v.forEntries(func(v *visitor, e entry) {
			address := e.path() + "?asked-by=" + v.browser
			v.open(address)
			if e.Want.Type == "" {
				return // there is no page that explains it
			}
			v.click("nav summary", 0)
			v.follow("nav a[hreflang=de]", 0)
			v.checkLanguage("de")
			got := measure[string](v, `() => location.href`)
			if want := v.program.url + "/_fiveohtwo/problem/" + string(e.Want.Type); !strings.HasPrefix(got, want+"?") {
				v.Errorf("German is at %s, want %s", got, want)
			}
			v.checkLoaded(request{got, http.StatusOK})
			n, err := v.program.requests(`"GET ` + address)
			if n > 1 || err != nil {
				v.Errorf("the failing upstream was asked %d times, want once (%v)", n, err)
			}
		})
	})
}
