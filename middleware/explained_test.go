package middleware_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// forgedWords are what a link to an explanation could try to have said.
var forgedWords = []string{
	"?outcome=not_sent&method=POST&reference=7KQ2-M9XD",
	"?outcome=answered&method=DELETE&reference=7KQ2-M9XD",
	"?method=POST&outcome=unknown&status=200&party=visitor&confidence=sure&scope=others&since=2026-01-01T00:00:00Z&trace=7KQ2-M9XD",
	"?k=7KQ2-M9XD&path=/7KQ2-M9XD&time=2026-01-01&host=7KQ2-M9XD&type=proxy_loop_detected",
}

// claims are words on somebody's request, on whose fault something is, or on how things are.
var claims = []string{
	"7KQ2-M9XD", "2026-01-01", "not sent", "not_sent", "not started", "went through", "outcome", "your form", "Your form", "not answering right now",
	"We are sure", "on our side", "You did nothing wrong", "Others are affected", "Not reached", "this page came through", "Try again</a>", "Details for support",
}

// TestALinkClaimsNothing: anybody can make a link to a page that explains a kind of failure,
// with anything in its query. The page says what it says without, and nothing of what somebody
// could want to have believed; no other page can show it as a part of itself.
func TestALinkClaimsNothing(t *testing.T) {
	takesLong(t)
	t.Parallel()
	own := shop()
	own.Page = func(v pages.View) templ.Component {
		return templ.Raw("<!doctype html><p>" + v.Reference + v.Method + string(v.Diagnosis.Outcome) + string(v.Verdict.Party) + string(v.Diagnosis.Type))
	}
	own.PageCSP = "default-src 'none'; frame-ancestors 'self'"
	for name, brand := range map[string]pages.Brand{"our page": shop(), "a page of the brand's own": own, "a third party": {Site: "Example Shop", Voice: pages.VoiceThird}} {
		s := serve(t, newMiddleware(t, middleware.Config{Brand: brand}).Wrap(nil))
		for form, fields := range map[string][]string{
			"a browser":             {"Accept: text/html"},
			"a browser's tab":       {"Sec-Fetch-Dest: document"},
			"a frame":               {"Sec-Fetch-Dest: iframe", "Accept: text/html"},
			"an object":             {"Sec-Fetch-Dest: object"},
			"problem+json":          {"Accept: application/problem+json"},
			"JSON":                  {"Accept: application/json"},
			"a terminal":            {"Accept: text/plain"},
			"a language model":      {"Accept: text/markdown"},
			"a client that prefers": {"Accept: */*"},
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				for _, kind := range diagnosis.Types() {
					address := s.URL + "/_fiveohtwo/problem/" + string(kind)
					plain := get(t, address, fields...)
					if plain.status != http.StatusOK || !strings.Contains(plain.body, string(kind)) {
						t.Fatalf("%s: status %d, %.200s", kind, plain.status, plain.body)
					}
					for _, word := range claims {
						if strings.Contains(plain.body, word) {
							t.Errorf("%s: there is %q", kind, word)
						}
					}
					if policy := strings.Join(plain.header["Content-Security-Policy"], ", "); !strings.Contains(policy, "frame-ancestors 'none'") {
						t.Errorf("%s: others can frame it: %s", kind, policy)
					}
					for _, query := range forgedWords {
						if got := get(t, address+query, fields...); got.body != plain.body {
							t.Errorf("%s: %s changes the page", kind, query)
						}
					}
				}
			})
		}
	}
}

// TestExplanationsForPrograms have the members of a kind, and none of an occurrence.
func TestExplanationsForPrograms(t *testing.T) {
	t.Parallel()
	s := serve(t, newMiddleware(t, middleware.Config{Brand: shop()}).Wrap(nil))
	for _, kind := range diagnosis.Types() {
		var got map[string]any
		body := get(t, s.URL+"/_fiveohtwo/problem/"+string(kind)+forgedWords[0], "Accept: application/problem+json").body
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		for member, want := range map[string]any{
			"type": "/_fiveohtwo/problem/" + string(kind), "error": string(kind), "title": string(kind),
			"party": "unknown", "confidence": "cannot_tell", "scope": "unknown",
			"outcome": nil, "reference": nil, "instance": nil, "since": nil, "retry_after": nil, "fail_fast": nil,
		} {
			if got[member] != want {
				t.Errorf("%s: %s is %v, want %v", kind, member, got[member], want)
			}
		}
	}
}

// TestLanguageLinksCarryALanguage and nothing else, whatever failed: their target believes
// nothing.
func TestLanguageLinksCarryALanguage(t *testing.T) {
	t.Parallel()
	gateway := serve(t, newMiddleware(t, middleware.Config{}).Proxy(proxyTo(t, deadUpstream)))
	link, plain := regexp.MustCompile(`href="(/_fiveohtwo/problem/[^"]*)"`), regexp.MustCompile(`^/_fiveohtwo/problem/[a-z_]+\?lang=[A-Za-z-]+(#languages)?$`)
	for _, method := range []string{"GET", "POST", "DELETE", "PURGE"} {
		page := send(t, method, gateway.URL+"/cart?token=1", "", "Accept: text/html", "Accept-Language: ar, de, zh-Hant").body
		links := link.FindAllStringSubmatch(page, -1)
		for _, l := range links {
			if !plain.MatchString(l[1]) {
				t.Errorf("%s: a link to %s", method, l[1])
			}
		}
		if len(links) < 3 || method != "GET" && !strings.Contains(page, `<section class="box">`) {
			t.Errorf("%s: %d links, or no word on a form", method, len(links))
		}
	}
}
