package pages

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// shop is a brand with everything that the pages show.
var shop = Brand{
	Site: "Example Shop",
	Contact: Contact{
		Email:      "help@example.com",
		Phone:      "+44 20 7946 0000",
		Hours:      "Monday to Friday, 9 to 17 UTC",
		StatusPage: "https://status.example.net/",
	},
}

var hoster = Brand{Site: shop.Site, Contact: shop.Contact, Voice: VoiceThird}

// anyDiagnosis is for what does not depend on it.
var anyDiagnosis = diagnosis.ConnectionRefused.Diagnosis()

// friday is when everything fails in these tests.
var friday = time.Date(2026, time.March, 13, 9, 41, 7, 0, time.FixedZone("", 3600))

var catalogue = sync.OnceValue(func() *i18n.Catalogue {
	c, err := i18n.New(i18n.Config{})
	if err != nil {
		panic(err)
	}
	return c
})

func lang(t testing.TB, tag string) *i18n.Language {
	t.Helper()
	l := catalogue().Lookup(tag)
	if l == nil {
		t.Fatalf("the catalogue has no language %q", tag)
	}
	return l
}

// failed is the view of a diagnosis, judged without evidence, in English.
func failed(d diagnosis.Diagnosis, method string) View {
	return View{
		Language: catalogue().Lookup("en"), Diagnosis: d, Verdict: diagnosis.Judge(d, diagnosis.Evidence{}),
		Method: method, Host: "shop.example.com:8443", Path: "/cart/pay", Reference: "7KQ2-M9XD", Time: friday,
	}
}

// seen is the view of an error type where the transport was seen to come so far.
func seen(kind diagnosis.Type, step diagnosis.Step, method string) View {
	facts := diagnosis.Facts{Step: step, GotConn: step >= diagnosis.StepConn, Wrote: step >= diagnosis.StepHeaders, Attempts: 1}
	return failed(diagnosis.Of(&diagnosis.Error{Type: kind}, facts), method)
}

// upload is the view of a fault of the visitor's own request body.
func upload(fault error) View {
	facts := diagnosis.Facts{Step: diagnosis.StepHeaders, GotConn: true, Wrote: true, Attempts: 1, BodyErr: fault}
	return failed(diagnosis.Of(errors.New("broken"), facts), "POST")
}

// relayed is the view of an upstream's own answer without a body.
func relayed(status int) View {
	return failed(diagnosis.Diagnosis{
		Status: status, Phase: diagnosis.Receive, Party: diagnosis.Site, Outcome: diagnosis.Answered, Retryable: status >= 500,
	}, "GET")
}

// explained is the view of a page that somebody opened to read about a kind of failure.
func explained(kind diagnosis.Type) View {
	v := failed(kind.Diagnosis(), "")
	v.Path, v.Reference, v.Time, v.Explained = "", "", time.Time{}, true
	v.Type = "/_fiveohtwo/problem/" + string(kind)
	return v
}

// planned is the view of a site that was switched off on purpose.
func planned(back time.Duration, method string) View {
	own := &diagnosis.Error{Type: diagnosis.DestinationUnavailable, Planned: true, RetryAfter: back, NotSent: true}
	return failed(diagnosis.Of(own, diagnosis.Facts{}), method)
}

const firefoxOnAMac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:153.0) Gecko/20100101 Firefox/153.0"

// browsing is a view in a browser.
func browsing(v View, agent string) View {
	v.browser = browserOf(http.Header{"User-Agent": {agent}})
	return v
}

// statusOnly is the view of a page for another server.
func statusOnly(status int) View {
	return View{Language: catalogue().Lookup("en"), StatusOnly: true, Diagnosis: diagnosis.Diagnosis{Status: status}}
}

// switchable adds the links of the language switcher.
func switchable(v View) View {
	v.Type = "/_fiveohtwo/problem/" + string(v.Diagnosis.Type)
	v.switcher = offering("en", "ar", "de")
	v.switcher.more = !v.Explained
	return v
}

// offering is the switcher with these languages.
func offering(tags ...string) (s switcher) {
	for i, tag := range tags {
		s.likely[i] = catalogue().Lookup(tag)
	}
	return s
}

// waiting adds what the page can ask of its gateway.
func waiting(v View, canaries ...string) View {
	v.Status = "/_fiveohtwo/status?k=abcdefghijklmnop_-0123"
	v.ClearCache, v.Secure = "/_fiveohtwo/clear-cache", len(canaries) > 0
	var err error
	if v.canaries, err = parseCanaries(canaries...); err != nil {
		panic(err)
	}
	return v
}

// A sample is one answer that tests look at closely.
type sample struct {
	name  string
	lang  string
	brand Brand
	view  View
}

// in returns the view in a language.
func (s sample) in(l *i18n.Language) View {
	v := s.view
	v.Language = l
	return v
}

// samples has every place of the gap, every word on a form, both voices, and a site
// that nobody described.
func samples() []sample {
	noBrand := seen(diagnosis.ConnectionTimeout, diagnosis.StepDial, "GET")
	unknown := failed(diagnosis.Of(errors.New("a word that nobody knows"), diagnosis.Facts{}), "GET")
	return []sample{
		{"gap-between-not-found", "ar", shop, seen(diagnosis.DNSError, diagnosis.StepLookup, "GET")},
		{"gap-between-refused", "en", shop, seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")},
		{"gap-between-party-unknown", "en", shop, unknown},
		{"gap-door", "en", shop, seen(diagnosis.ProxyConfigurationError, diagnosis.StepNone, "GET")},
		{"gap-network", "en", shop, upload(os.ErrDeadlineExceeded)},
		{"gap-none", "en", shop, seen(diagnosis.ProxyInternalError, diagnosis.StepNone, "GET")},
		{"gap-site-relayed-empty", "en", shop, relayed(http.StatusBadGateway)},
		{"form-not-sent", "fr", shop, seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "POST")},
		{"form-refused-too-big", "es", shop, upload(&http.MaxBytesError{Limit: 1 << 20})},
		{"form-unknown-slow", "de", shop, seen(diagnosis.HTTPResponseTimeout, diagnosis.StepSent, "POST")},
		{"voice-third", "en", hoster, seen(diagnosis.ConnectionTerminated, diagnosis.StepSent, "POST")},
		{"no-brand", "en", Brand{}, noBrand},
		{"scope-others-since", "de", shop, judged(diagnosis.ConnectionRefused.Diagnosis(), "others since", "GET")},
		{"scope-all-upstreams", "ar", hoster, judged(diagnosis.ConnectionRefused.Diagnosis(), "all", "GET")},
		{"cookies", "en", shop, judged(diagnosis.HTTPResponseIncomplete.Diagnosis(), "you and cookies", "GET")},
		{"side-visitor-no-site", "en", Brand{Site: "Example Office"}, judged(diagnosis.ConnectionTimeout.Diagnosis(), "visitor: all", "GET")},
		{"side-visitor-one-site", "fr", Brand{}, judged(diagnosis.DNSError.Diagnosis(), "visitor: one", "GET")},
		{"waiting", "en", shop, waiting(seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET"))},
		{"waiting-front-door", "es", shop, waiting(judged(diagnosis.ConnectionRefused.Diagnosis(), "all", "GET"))},
		{"waiting-canaries", "ar", shop, waiting(seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET"),
			"https://www.example.net/alive", "http://192.0.2.80:8080/")},
		{"planned", "fr", shop, planned(friday.Add(time.Hour).Sub(friday), "GET")},
		{"planned-form", "en", hoster, planned(0, "POST")},
		{"everything", "en", shop, switchable(browsing(waiting(judged(diagnosis.HTTPResponseIncomplete.Diagnosis(), "you", "POST"), "https://www.example.net/alive"), firefoxOnAMac))},
		{"status-only-413", "de", shop, statusOnly(http.StatusRequestEntityTooLarge)},
		{"status-only-500", "fr", hoster, statusOnly(http.StatusInternalServerError)},
		{"status-only-502", "en", shop, statusOnly(http.StatusBadGateway)},
		{"explained-with-languages", "en", shop, switchable(explained(diagnosis.ConnectionRefused))},
	}
}

// everyView returns the view of each of the 32 types, and of a relayed status, with
// every outcome, read and changed: what the types say by themselves, and what a host
// program can make of them with its own status, or the diagnosis of an unknown party.
func everyView() []View {
	var views []View
	add := func(d diagnosis.Diagnosis) {
		for _, method := range []string{"GET", "POST"} {
			for _, outcome := range []diagnosis.Outcome{diagnosis.NotSent, diagnosis.OutcomeUnknown, diagnosis.Answered} {
				d.Outcome = outcome
				views = append(views, failed(d, method))
			}
		}
	}
	for _, kind := range diagnosis.Types() {
		d := kind.Diagnosis()
		add(d)
		kindAlone := explained(kind).cleaned()
		kindAlone.Type = ""
		views = append(views, kindAlone)
		for _, status := range []int{413, 500, 502, 503, 504} {
			if status != d.Status {
				own := d
				own.Status = status
				add(own)
			}
		}
	}
	for _, fault := range []error{os.ErrDeadlineExceeded, &http.MaxBytesError{}, errors.New("malformed chunk")} {
		add(upload(fault).Diagnosis)
	}
	for _, status := range []int{500, 502, 503, 504} {
		add(relayed(status).Diagnosis)
	}
	add(failed(diagnosis.Of(errors.New("a word that nobody knows"), diagnosis.Facts{}), "").Diagnosis)
	for _, method := range []string{"GET", "POST"} {
		views = append(views, planned(0, method), planned(time.Hour, method))
	}
	return append(views, judgedViews()...)
}

// evidence is what a gateway can have seen, by what follows from it.
var evidence = map[string]diagnosis.Evidence{
	"others":                {Tries: 10, Failures: 10, VisitorsKnown: true, OthersFailing: 3},
	"others since":          {Tries: 10, Failures: 10, VisitorsKnown: true, OthersFailing: 3, Since: friday},
	"some":                  {Tries: 20, Failures: 6, VisitorsKnown: true, OthersFailing: 3, OthersPassing: 9},
	"you":                   {Tries: 20, Failures: 3, VisitorsKnown: true, OthersPassing: 9, YouAlone: 1},
	"you and cookies":       {Tries: 20, Failures: 3, VisitorsKnown: true, OthersPassing: 9, YouAlone: 3, CookieBytes: 9 << 10},
	"all":                   {Tries: 10, Failures: 10, Upstreams: 4, UpstreamsFailing: 4},
	"visitor: all":          {Side: diagnosis.SideVisitor, Upstreams: 4, UpstreamsFailing: 4},
	"visitor: one":          {Side: diagnosis.SideVisitor, Upstreams: 4, UpstreamsFailing: 1},
	"visitor: nobody knows": {Side: diagnosis.SideVisitor, Upstreams: 1, UpstreamsFailing: 1},
}

// judged is the view of a diagnosis, judged with evidence.
func judged(d diagnosis.Diagnosis, name, method string) View {
	v := failed(d, method)
	v.Verdict = diagnosis.Judge(d, evidence[name])
	return v
}

func judgedViews() []View {
	var views []View
	for _, kind := range diagnosis.Types() {
		for name := range evidence {
			for _, method := range []string{"GET", "POST"} {
				views = append(views, judged(kind.Diagnosis(), name, method))
			}
		}
	}
	tooMuch := diagnosis.HTTPRequestError.Diagnosis()
	tooMuch.Status = http.StatusRequestHeaderFieldsTooLarge
	return append(views, judged(tooMuch, "others", "GET"), judged(tooMuch, "visitor: one", "POST"))
}

// usualViews are those of everyView whose status is the usual one of the type, without
// the ones that differ in nothing that is shown.
func usualViews() []View {
	return slices.DeleteFunc(everyView(), func(v View) bool {
		t := v.Diagnosis.Type
		if v.Diagnosis.Outcome != diagnosis.OutcomeUnknown && v.Method == "GET" {
			return true
		}
		return t != "" && t != diagnosis.HTTPRequestError && v.Diagnosis.Status != t.Properties().Status
	})
}

// label names a view in a failure of a test.
func label(v View) string {
	d := v.Diagnosis
	s := string(d.Type)
	if d.Type == "" {
		s = "relayed"
	}
	s += " " + http.StatusText(d.Status) + ", " + v.Method + ", party " + string(d.Party) + ", outcome " + string(d.Outcome)
	if v.Explained {
		s += ", explained"
	}
	return s
}

// english returns the texts of the English file by id.
func english(t testing.TB) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../i18n/locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for id, v := range raw {
		if entry, ok := v.(map[string]any); ok {
			v = entry["other"]
		}
		texts[id], _ = v.(string)
	}
	return texts
}

// referring adds a switcher that is full.
func referring(v View) View {
	v.Type = "/_fiveohtwo/problem/" + string(v.Diagnosis.Type)
	v.switcher = offering("en", "ar", "de", "fr", "ja", "ta")
	v.switcher.more = true
	return v
}

// madeUp is a variant that no other visitor has.
func madeUp(r *rand.Rand) View {
	v := waiting(seen(diagnosis.ConnectionRefused, diagnosis.StepDial, []string{"GET", "POST"}[r.IntN(2)]))
	languages := catalogue().Languages()
	v.Language, v.Diagnosis.Status, v.Secure = languages[r.IntN(len(languages))], 500+r.IntN(100), r.IntN(2) == 0
	v = browsing(v, []string{"Edg/", "OPR/", "Firefox/ Android", "Chrome/", "Safari/ iPhone", ""}[r.IntN(6)])
	for i := range v.switcher.likely {
		v.switcher.likely[i] = languages[r.IntN(len(languages))]
	}
	v.Type = fmt.Sprintf("/problem/%d", r.IntN(1e6))
	return v
}

// dressed is a brand with everything there is to see.
var dressed = Brand{
	Site: shop.Site, Contact: shop.Contact, Accent: "#7a1fa2", Radius: "6px", Font: `Inter, "Segoe UI", sans-serif`,
	Logo: `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32"><path d="M0 0h120v32z" fill="#7a1fa2"/></svg>`,
	Slots: Slots{
		Header: templ.Raw(`<a href="/">Start</a>`), Advice: templ.Raw("<p>Call the shop in your town.</p>"),
		ContactExtra: templ.Raw("<p>Or come by: High Street 1.</p>"), Footer: templ.Raw("<p>Example Ltd, Dover</p>"),
	},
}

func ownPage(View) templ.Component { return templ.Raw("<!doctype html><title>Own</title>") }
