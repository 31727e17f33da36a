package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

const browser = "Accept: text/html,*/*;q=0.8"

// TestOwnPartsOfABrand: what an operator adds is shown, and what fails of it is logged
// and costs neither the page, its status nor its policy.
func TestOwnPartsOfABrand(t *testing.T) {
	t.Parallel()
	broken := templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("no such table") })
	const own = "default-src 'none'"
	for _, c := range []struct {
		name           string
		brand          pages.Brand
		shown, logged  string
		policyOfTheOwn bool
	}{
		{"a slot is shown", pages.Brand{Slots: pages.Slots{Footer: templ.Raw("<p>Dover</p>")}}, "<p>Dover</p>", "", false},
		{"a slot of the request sees it", pages.Brand{SlotsOf: func(r *http.Request) pages.Slots {
			return pages.Slots{Advice: templ.Raw("<p>You asked for " + r.URL.Path + "</p>")}
		}}, "<p>You asked for /cart</p>", "", false},
		{"a slot that fails", pages.Brand{Slots: pages.Slots{Footer: broken}}, "<h1>", "no such table", false},
		{"a slot that panics", pages.Brand{SlotsOf: func(*http.Request) pages.Slots { panic("no such key") }}, "<h1>", "no such key", false},
		{"an own page", pages.Brand{Page: func(v pages.View) templ.Component { return templ.Raw("<p>own page for " + v.Path + "</p>") }, PageCSP: own}, "<p>own page for /cart</p>", "", true},
		{"an own page that fails", pages.Brand{Page: func(pages.View) templ.Component { return broken }, PageCSP: own}, "<h1>", "no such table", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			mw := newMiddleware(t, middleware.Config{Brand: c.brand, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
			got := get(t, gateway.URL+"/cart", browser)
			gateway.Close()
			if got.err != nil || got.status != http.StatusBadGateway || !strings.Contains(got.body, c.shown) {
				t.Errorf("status %d, error %v, %q is not in the body", got.status, got.err, c.shown)
			}
			if !strings.Contains(log.String(), c.logged) || c.logged == "" && strings.Contains(log.String(), "rendered") {
				t.Errorf("%q is not in the log: %s", c.logged, &log)
			}
			if policy := got.header.Get("Content-Security-Policy"); (policy == own) != c.policyOfTheOwn {
				t.Errorf("policy = %s", policy)
			}
		})
	}
}

// TestStatusPageOnTheSameHost is warned of once, as early as the host is known.
func TestStatusPageOnTheSameHost(t *testing.T) {
	t.Parallel()
	const warning = "the status page is on the site's own host"
	brand := func(page string) pages.Brand { return pages.Brand{Contact: pages.Contact{StatusPage: page}} }
	for _, c := range []struct {
		name            string
		config          middleware.Config
		atStart, served int // warnings
	}{
		{"with the first page", middleware.Config{Brand: brand("http://127.0.0.1:1/status")}, 0, 1},
		{"at the start, where brands are found by their host", middleware.Config{Brands: map[string]pages.Brand{"127.0.0.1": brand("http://127.0.0.1/status")}}, 1, 1},
		{"in capitals and on another port", middleware.Config{Brands: map[string]pages.Brand{"shop.example.com": brand("https://Shop.example.com:8443/status")}}, 1, 1},
		{"on an address of IPv6", middleware.Config{Brands: map[string]pages.Brand{"2001:db8::1": brand("https://[2001:db8::1]/status")}}, 1, 1},
		{"not for another host", middleware.Config{Brand: brand("https://status.example.net/")}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer // an upstream that fails is looked at again in the background
			c.config.Logger = slog.New(slog.NewTextHandler(&log, nil))
			mw := newMiddleware(t, c.config)
			if n := strings.Count(log.String(), warning); n != c.atStart {
				t.Errorf("%d warnings at the start, want %d", n, c.atStart)
			}
			gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
			for range 3 {
				get(t, gateway.URL+"/", browser)
			}
			gateway.Close()
			if n := strings.Count(log.String(), warning); n != c.served {
				t.Errorf("%d warnings, want %d:\n%s", n, c.served, &log)
			}
		})
	}
}

// TestOwnWords: a brand's words are on its pages and in its answers to programs, and on no
// other's.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	words := func(text string) fs.FS {
		return fstest.MapFS{"de.json": {Data: []byte(`{"lead.refused": "` + text + `"}`)}}
	}
	mw := newMiddleware(t, middleware.Config{
		Brand: pages.Brand{Translations: words("Hier ist kurz zu.")}, Brands: map[string]pages.Brand{"two.example": {Translations: words("Bei uns auch.")}, "three.example": {}},
		Translations: words("Für alle."),
	})
	gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
	for _, tt := range []struct{ host, want string }{{"one.example", "Hier ist kurz zu."}, {"two.example", "Bei uns auch."}, {"three.example", "Für alle."}} {
		for _, accept := range []string{browser, "Accept: application/json"} {
			got := get(t, gateway.URL, accept, "Accept-Language: de", "Host: "+tt.host)
			if !strings.Contains(got.body, tt.want) || !strings.Contains(got.body, "Das Problem liegt bei uns.") {
				t.Errorf("%s, %s: no %q in\n%s", tt.host, accept, tt.want, got.body)
			}
		}
	}
	_, err := middleware.New(middleware.Config{Brands: map[string]pages.Brand{"a": {Translations: fstest.MapFS{"de.json": {Data: []byte(`{"x.y": "z"}`)}}}}})
	if err == nil || !strings.Contains(err.Error(), `middleware: Config.Brands["a"]: pages: Brand.Translations: i18n: de.json: x.y: no such message`) {
		t.Errorf("error %v", err)
	}
}

// TestPlanned: what the host program says is planned is told as that, and not as a fault.
func TestPlanned(t *testing.T) {
	t.Parallel()
	proxy := proxyTo(t, deadUpstream)
	proxy.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, Planned: true, NotSent: true, RetryAfter: time.Hour}
	})
	gateway := serve(t, newMiddleware(t, middleware.Config{Brand: shop()}).Proxy(proxy))
	got := get(t, gateway.URL+"/", browser)
	for _, want := range []string{"is closed for a short time", "This is planned. Nothing is broken.", "It should be back at"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(got.body, "Do other web sites work?") || strings.Contains(got.body, "You did nothing wrong") || strings.Contains(got.body, `class="line`) || got.status != 503 || got.header.Get("Retry-After") != "3600" {
		t.Errorf("status %d, Retry-After %q, or a question that is answered, or a word on blame", got.status, got.header.Get("Retry-After"))
	}
}
