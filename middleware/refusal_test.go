package middleware_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// provable are sentences with the statuses of a refusal that prove them. A status that is not
// listed proves none.
var provable = []struct {
	says     string
	statuses []int
	denied   bool // proven by the type of a denial, too
}{
	{"could not read your request", []int{400}, false},
	{"not in a form that we can read", []int{400}, false},
	{"This is not open to you", []int{401, 403, 451}, false},
	{"set up not to let this request in", nil, true},
	{"too big to send", []int{413}, false},
	{"more than this site takes", []int{413}, false},
	{"cookies", []int{431}, false},
	{"stopped half-way", []int{408}, false},
	{"Not all of your request reached us", []int{408}, false},
	{"Something broke here", nil, false},
	{"not answering right now", nil, false},
	{"taking too long", nil, false},
	{"very busy", nil, false},
	{"front door has a problem", nil, false},
	{"The problem is on our side", nil, false},
	{"did nothing wrong", nil, false},
	{"between our front door and", nil, false},
	{"Has a problem", nil, false},
	{"internal", nil, false},
}

// TestARefusalClaimsNoMoreThanItsStatus: whatever status a host program refuses with, by which
// type and in which form it is told.
func TestARefusalClaimsNoMoreThanItsStatus(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{Brand: shop(), Name: "edge"})
	refuse := serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e diagnosis.Error
		_, _ = fmt.Sscan(r.Header.Get("X-Status"), &e.Status)
		e.Type = diagnosis.Type(r.Header.Get("X-Type"))
		mw.ErrorHandler(w, r, &e)
	})))
	for status := 400; status <= 599; status++ {
		for _, kind := range []diagnosis.Type{diagnosis.HTTPRequestError, diagnosis.HTTPRequestDenied, ""} {
			if kind == "" && status >= 500 {
				continue // an internal error, as it says
			}
			for _, form := range []string{"Accept: text/html", "Accept: text/plain", "Accept: application/problem+json", "Content-Type: application/grpc"} {
				for _, method := range []string{"GET", "POST"} {
					if kind == diagnosis.HTTPRequestDenied && method == "POST" && status%10 != 3 {
						continue // a few will do
					}
					got := send(t, method, refuse.URL, "", form, fmt.Sprint("X-Status: ", status), "X-Type: "+string(kind))
					name := fmt.Sprintf("%d %q, %s, %s", status, kind, method, form)
					words := told(t, got)
					for _, c := range provable {
						proven := slices.Contains(c.statuses, status) || c.denied && kind == diagnosis.HTTPRequestDenied
						if strings.Contains(words, c.says) && !proven {
							t.Errorf("%s: it says %q", name, c.says)
						}
					}
				}
			}
		}
	}
}

// told are the words of an answer that make claims: of a page what stands before the help.
func told(t *testing.T, got reply) string {
	switch kind := got.header.Get("Content-Type"); {
	case strings.HasPrefix(kind, "application/grpc"):
		text, err := url.PathUnescape(got.header.Get("Grpc-Message"))
		if err != nil {
			t.Error(err)
		}
		return text
	case kind == "application/problem+json":
		var p struct{ Title, Detail, Party string }
		if err := json.Unmarshal([]byte(got.body), &p); err != nil {
			t.Error(err)
		}
		return p.Title + " " + p.Detail
	case strings.HasPrefix(kind, "text/html"):
		_, page, _ := strings.Cut(got.body, "<h1>")
		page, _, _ = strings.Cut(page, `class="more"`)
		return page
	}
	page, _, _ := strings.Cut(got.body, "Error: ")
	return page
}

// TestOnlyWhatIsSafeIsToBeSentAgain: in the field, for programs and on the page.
func TestOnlyWhatIsSafeIsToBeSentAgain(t *testing.T) {
	takesLong(t)
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{Brand: shop(), Replace: []int{500}, ResponseTimeout: limit})
	for _, c := range []struct {
		name    string
		handler http.Handler
		notSent bool
		never   bool // waiting does not help
	}{
		{"refused", dead(t, mw), true, false},
		{"silence", silent(t, mw), false, false},
		{"a head that broke", saying("HTTP/1.1 200 OK\r\n")(t, mw), false, false},
		{"an empty 503", saying("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")(t, mw), false, false},
		{"an empty 503 that says when", saying("HTTP/1.1 503 Busy\r\nRetry-After: 6\r\nContent-Length: 0\r\n\r\n")(t, mw), false, false},
		{"a 500 that is replaced", saying("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops")(t, mw), false, false},
		{"a word of the host program", wrapped(func(mw *middleware.Middleware, w http.ResponseWriter, r *http.Request) {
			mw.ErrorHandler(w, r, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, NotSent: true})
		})(t, mw), true, false},
		{"the same, which does not know", wrapped(func(mw *middleware.Middleware, w http.ResponseWriter, r *http.Request) {
			mw.ErrorHandler(w, r, &diagnosis.Error{Type: diagnosis.DestinationUnavailable})
		})(t, mw), false, false},
		{"a certificate", untrusted(t, mw), true, true},
	} {
		gateway := serve(t, c.handler)
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CHARGE"} {
			want := ""
			if !c.never && (c.notSent || diagnosis.Safe(method)) {
				want = "6"
			}
			for _, accept := range []string{"application/json", "text/html", "text/plain"} {
				if c.name == "silence" && accept != "application/json" {
					continue // it takes its time
				}
				got := send(t, method, gateway.URL, "", "Accept: "+accept)
				if got.header.Get("X-Robots-Tag") == "" && accept == "text/plain" {
					continue // as it was sent
				}
				if got.err != nil || got.header.Get("Retry-After") != want {
					t.Errorf("%s, %s for %s: Retry-After %q, want %q: %v", c.name, method, accept, got.header.Get("Retry-After"), want, got.err)
				}
				if accept != "application/json" || method == "HEAD" {
					continue
				}
				var p struct {
					Retryable  bool
					RetryAfter int `json:"retry_after"`
				}
				if err := json.Unmarshal([]byte(got.body), &p); err != nil || p.Retryable != (want != "") || p.RetryAfter != len(want)*6 {
					t.Errorf("%s, %s: %+v, %v", c.name, method, p, err)
				}
			}
		}
	}
}
