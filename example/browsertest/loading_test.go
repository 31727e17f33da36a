package browsertest

import (
	"fmt"
	"net/http"
)

// settle waits as long as browsers take to ask for an icon after a page has loaded:
// Firefox lets 100 ms pass. There is no event for what does not come.
const settle = `() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 200, true)))`

// checkLoading wants one request and not a word of complaint.
func checkLoading(v *visitor, e entry) {
	if e.scope >= everyShape {
		measure[bool](v, settle)
	}
	v.checkLoaded(request{v.address(e), e.Want.Status})
}

// checkLoaded reports whatever loading the page did beyond the one request for it.
func (v *visitor) checkLoaded(want request) {
	v.Helper()
	requests, messages := v.tab.record().read()
	if len(requests) != 1 || requests[0] != want {
		v.Errorf("requests: %v, want only %v", requests, want)
	}
	if own := own(v.browser, want); fmt.Sprint(messages) != fmt.Sprint(own) {
		v.Errorf("console: %q, want %q", messages, own)
	}
	if violations := measure[[]string](v, `() => violations`); len(violations) > 0 {
		v.Errorf("violations of the page's policy: %q", violations)
	}
}

// own is the browser's own line about a page with the status of an error.
func own(browser string, r request) []string {
	if browser != "chromium" || r.Status < 400 {
		return nil
	}
	return []string{fmt.Sprintf("Failed to load resource: the server responded with a status of %d (%s) %s", r.Status, http.StatusText(r.Status), r.URL)}
}
