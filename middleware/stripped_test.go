package middleware_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

var (
	shownAddress = regexp.MustCompile(`data-as="Address">([^<]*)`)
	formPath     = regexp.MustCompile(`name="path" value="([^"]*)`)
	ownLink      = regexp.MustCompile(`(?:href|action|data-status)="([^"]*_fiveohtwo/[^"]*)"`)
)

// outerPaths are handlers that change the path before Wrap sees it, with the prefix below
// which the browser finds the site.
var outerPaths = []struct {
	name, prefix string
	around       func(http.Handler) http.Handler
}{
	{"nothing", "", func(h http.Handler) http.Handler { return h }},
	{"StripPrefix", "/shop", func(h http.Handler) http.Handler { return http.StripPrefix("/shop", h) }},
	{"StripPrefix within StripPrefix", "/eu/shop", func(h http.Handler) http.Handler {
		return http.StripPrefix("/eu", http.StripPrefix("/shop", h))
	}},
	{"StripPrefix behind a ServeMux", "/shop", func(h http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/shop/", http.StripPrefix("/shop", h))
		return mux
	}},
	{"a handler that writes another path, in place", "/shop", func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path, r.URL.RawPath = "/v2"+r.URL.Path, ""
			h.ServeHTTP(w, r)
		})
	}},
	{"a handler that writes one path for all", "/shop", func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath, r.URL.RawQuery = "/index", "", ""
			h.ServeHTTP(w, r)
		})
	}},
}

// TestAPathAsTheBrowserSeesIt: whatever handlers outside make of a path, the page shows the
// address that was asked for, leads back to it, and so does the record.
func TestAPathAsTheBrowserSeesIt(t *testing.T) {
	t.Parallel()
	for _, outer := range outerPaths {
		for name, inside := range map[string]func(*middleware.Middleware, *httputil.ReverseProxy) http.Handler{
			"Proxy": func(mw *middleware.Middleware, p *httputil.ReverseProxy) http.Handler { return mw.Proxy(p) },
			"a handler within Wrap that writes another path": func(mw *middleware.Middleware, p *httputil.ReverseProxy) http.Handler {
				return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.URL.Path, r.URL.RawPath = "/inside", ""
					mw.Proxy(p).ServeHTTP(w, r)
				}))
			},
			"StripPrefix between an access log and Wrap": func(mw *middleware.Middleware, p *httputil.ReverseProxy) http.Handler {
				return mw.AccessLog(io.Discard, http.StripPrefix("", mw.Proxy(p)))
			},
		} {
			t.Run(outer.name+", "+name, func(t *testing.T) {
				var log strings.Builder
				mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
				gateway := serve(t, outer.around(inside(mw, proxyTo(t, deadUpstream))))
				paths := []string{"/cart/a%20b", "/%E2%82%AC%2F7/"} // after three failures the upstream is checked, and that logged
				for _, path := range paths {
					page := get(t, gateway.URL+outer.prefix+path+"?token=1", "Host: shop.example", "Accept: text/html").body
					want := outer.prefix + path
					if got := shownAddress.FindStringSubmatch(page); got == nil || got[1] != "shop.example"+want {
						t.Errorf("%s: the address is %q", path, got)
					}
					if got := formPath.FindStringSubmatch(page); got == nil || got[1] != want {
						t.Errorf("%s: the form leads to %q", path, got)
					}
				}
				gateway.Close() // records are written after the answer
				for _, path := range paths {
					if want := " path=" + outer.prefix + path + " "; !strings.Contains(log.String(), want) {
						t.Errorf("no record has%s: %s", want, log.String())
					}
				}
			})
		}
	}
}

// TestEndpointsAsTheBrowserSeesThem: the links of a page work behind whatever changes their
// path, and none of them reaches the upstream. What is not ours does, as before.
func TestEndpointsAsTheBrowserSeesThem(t *testing.T) {
	t.Parallel()
	for _, outer := range outerPaths {
		t.Run(outer.name, func(t *testing.T) {
			var asked atomic.Int32
			up := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				fmt.Fprint(w, r.URL.Path)
			}))
			config := middleware.Config{Endpoints: outer.prefix + "/_fiveohtwo/"}
			mw := newMiddleware(t, config)
			dead, alive := serve(t, outer.around(mw.Proxy(proxyTo(t, deadUpstream)))), serve(t, outer.around(newMiddleware(t, config).Proxy(proxyTo(t, up.URL))))
			links := ownLink.FindAllStringSubmatch(get(t, dead.URL+outer.prefix+"/cart", "Accept: text/html").body, -1)
			if len(links) < 3 {
				t.Fatalf("the page has the links %q", links)
			}
			for _, link := range links {
				method, want := http.MethodGet, 200
				switch {
				case strings.Contains(link[1], "/status?"):
					want = 503
				case strings.HasSuffix(link[1], "/clear-cache"):
					method, want = http.MethodPost, 303
				}
				if got := send(t, method, dead.URL+link[1], "", "Accept: text/html", "Sec-Fetch-Site: same-origin"); got.status != want {
					t.Errorf("%s %s: status %d, want %d", method, link[1], got.status, want)
				}
			}
			for _, path := range []string{"status?k=x", "problem/dns_error", "problem/dns%5ferror", "clear-cache", "nothing"} {
				for _, below := range []string{"/_fiveohtwo/", "/%5ffiveohtwo/"} {
					get(t, alive.URL+outer.prefix+below+path)
				}
			}
			if n := asked.Load(); n > 0 {
				t.Errorf("the upstream was asked %d times", n)
			}
			for _, path := range []string{"/cart", "/_fiveohtwo", "/_fiveohtwo-shop/"} {
				if got := get(t, alive.URL+outer.prefix+path); got.status != 200 {
					t.Errorf("%s: status %d from the upstream", path, got.status)
				}
			}
		})
	}
}

// TestEndpointsBehindAProxyThatStrips: it says what it took off. What else a client says there
// makes nothing ours.
func TestEndpointsBehindAProxyThatStrips(t *testing.T) {
	t.Parallel()
	up := serve(t, text(200, "the upstream"))
	gateway := serve(t, newMiddleware(t, middleware.Config{Endpoints: "/eu/app/_fiveohtwo/"}).Proxy(proxyTo(t, up.URL)))
	for _, c := range []struct {
		prefix, path string
		ours         bool
	}{
		{"/eu/app", "/_fiveohtwo/status?k=x", true},
		{"/eu/app/", "/_fiveohtwo/status?k=x", true},
		{"/eu", "/app/_fiveohtwo/status?k=x", true},
		{"", "/eu/app/_fiveohtwo/status?k=x", true},
		{"/other", "/eu/app/_fiveohtwo/status?k=x", true},
		{"", "/_fiveohtwo/status", false},
		{"/other", "/_fiveohtwo/status", false},
		{"/eu/ap", "p/_fiveohtwo/status", false},
		{"/eu/app/_fiveohtwo", "/cart", false},
		{"/eu/app/_fiveohtwo/", "/", false},
		{"/eu/app", "/cart", false},
	} {
		got := get(t, gateway.URL+"/"+strings.TrimPrefix(c.path, "/"), "X-Forwarded-Prefix: "+c.prefix)
		if ours := got.status == 204; ours != c.ours {
			t.Errorf("%q taken off, %s: status %d, %q", c.prefix, c.path, got.status, got.body)
		}
	}
}

// TestEndpointsMountedByHandBelowAPrefix: as the browser sees them, or as they are mounted.
func TestEndpointsMountedByHandBelowAPrefix(t *testing.T) {
	t.Parallel()
	for _, endpoints := range []string{"/_fiveohtwo/", "/shop/_fiveohtwo/"} {
		s := serve(t, http.StripPrefix("/shop", newMiddleware(t, middleware.Config{Endpoints: endpoints}).Endpoints()))
		for path, want := range map[string]int{"status": 204, "problem/dns_error": 200, "problem/x": 404, "x": 404} {
			if got := get(t, s.URL+"/shop/_fiveohtwo/"+path); got.status != want {
				t.Errorf("%s, %s: status %d, want %d", endpoints, path, got.status, want)
			}
		}
	}
}

// TestRequestTargets: a target of any form (RFC 9112 §3.2) is shown as a path of this site,
// and nothing on a page leads to another one.
func TestRequestTargets(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{})
	for name, h := range map[string]http.Handler{
		"alone":              mw.Proxy(proxyTo(t, deadUpstream)),
		"behind StripPrefix": http.StripPrefix("/", mw.Proxy(proxyTo(t, deadUpstream))),
	} {
		gateway := serve(t, h)
		for _, c := range []struct{ name, target, path string }{
			{"a path", "/cart?x=/other", "/cart"},
			{"a whole address", "http://shop.example/cart?x=http://a/b", "/cart"},
			{"a whole address with a user", "http://a:b@shop.example/cart", "/cart"},
			{"a whole address with a port", "http://shop.example:80/a%2Fb", "/a%2Fb"},
			{"two slashes, which are no host", "//evil.example/cart", "//evil.example/cart"},
			{"two slashes and a scheme behind", "//evil.example/://x/y", "//evil.example/://x/y"},
			{"three slashes", "///evil.example", "///evil.example"},
			{"a backslash", `/\evil.example`, "/%5Cevil.example"},
			{"what had to be escaped", "/<b>", "/%3Cb%3E"},
			{"escapes in capitals and not", "/%c3%A4", "/%c3%A4"},
			{"a fragment, which is none here", "/a#b", "/a%23b"},
		} {
			t.Run(name+", "+c.name, func(t *testing.T) {
				page := raw(t, gateway.URL, "GET "+c.target+" HTTP/1.1\r\nHost: shop.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
				got := formPath.FindStringSubmatch(page)
				if got == nil || got[1] != c.path {
					t.Fatalf("the form leads to %q, want %q", got, c.path)
				}
				if link := regexp.MustCompile(`(href|src|action)="[^"]*evil`).FindString(page); link != "" {
					t.Errorf("the page leads to %s", link)
				}
				back := send(t, http.MethodPost, gateway.URL+"/_fiveohtwo/clear-cache", "path="+strings.ReplaceAll(got[1], "%", "%25"),
					"Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin")
				if at := back.header.Get("Location"); back.status != 303 || strings.HasPrefix(at, "//") || strings.HasPrefix(at, `/\`) || !strings.HasPrefix(at, "/") {
					t.Errorf("status %d, and back to %q", back.status, at)
				}
			})
		}
	}
	t.Run("the whole server", func(t *testing.T) {
		answer := raw(t, serve(t, mw.Proxy(proxyTo(t, deadUpstream))).URL, "OPTIONS * HTTP/1.1\r\nHost: shop.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 200 ") && !strings.HasPrefix(answer, "HTTP/1.1 502 ") {
			t.Errorf("%.100q", answer)
		}
	})
	t.Run("over HTTP/2", func(t *testing.T) {
		s := serveHTTP2(t, http.StripPrefix("/shop", mw.Proxy(proxyTo(t, deadUpstream))))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/shop/cart/a%20b?x=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/html")
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		page, _ := io.ReadAll(res.Body)
		if got := formPath.FindSubmatch(page); got == nil || string(got[1]) != "/shop/cart/a%20b" || res.ProtoMajor != 2 {
			t.Errorf("HTTP/%d: the form leads to %q", res.ProtoMajor, got)
		}
	})
	t.Run("a request without a request line", func(t *testing.T) {
		r, err := http.NewRequest(http.MethodGet, "http://shop.example/cart", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html")
		w := &memory{header: http.Header{}}
		mw.Proxy(proxyTo(t, deadUpstream)).ServeHTTP(w, r)
		if got := formPath.FindStringSubmatch(w.body.String()); got == nil || got[1] != "/cart" {
			t.Errorf("the form leads to %q", got)
		}
	})
}
