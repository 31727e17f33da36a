package middleware_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestEndpointsAttacked sends to our own endpoints what nobody should.
func TestEndpointsAttacked(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	up := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	gateway := serve(t, newMiddleware(t, middleware.Config{}).Proxy(proxyTo(t, up.URL)))
	host := strings.TrimPrefix(gateway.URL, "http://")
	const form, same, clearIt = "Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin", "/_fiveohtwo/clear-cache"
	for _, c := range []struct {
		name, method, path, body string
		fields                   []string
		status                   int
		location                 string // of a 303
	}{
		{"a page of the site clears the cache", "POST", clearIt, "", []string{form, same}, 303, "/"},
		{"… and goes back to where it was", "POST", clearIt, "path=/cart/7", []string{form, same}, 303, "/cart/7"},
		{"… by script, without being led away", "POST", clearIt, "", []string{same, "Sec-Fetch-Dest: empty"}, 204, ""},
		{"an old browser names the origin", "POST", clearIt, "", []string{form, "Origin: http://" + host}, 303, "/"},
		{"another site", "POST", clearIt, "", []string{form, "Sec-Fetch-Site: cross-site"}, 403, ""},
		{"another host of the same domain", "POST", clearIt, "", []string{form, "Sec-Fetch-Site: same-site"}, 403, ""},
		{"an address typed in", "POST", clearIt, "", []string{form, "Sec-Fetch-Site: none"}, 403, ""},
		{"another site with our name as its origin", "POST", clearIt, "", []string{form, "Sec-Fetch-Site: cross-site", "Origin: http://" + host}, 403, ""},
		{"the origin of another site", "POST", clearIt, "", []string{form, "Origin: https://evil.example"}, 403, ""},
		{"an origin that begins like ours", "POST", clearIt, "", []string{form, "Origin: http://" + host + ".evil.example"}, 403, ""},
		{"our name as another site's user", "POST", clearIt, "", []string{form, "Origin: http://" + host + "@evil.example"}, 403, ""},
		{"an opaque origin", "POST", clearIt, "", []string{form, "Origin: null"}, 403, ""},
		{"no word on who asks", "POST", clearIt, "", []string{form}, 403, ""},
		{"clearing by GET, as an image could", "GET", clearIt, "", []string{same}, 405, ""},
		{"led to another host", "POST", clearIt, "path=//evil.example/", []string{form, same}, 303, "/"},
		{"… with a backslash", "POST", clearIt, `path=/\evil.example`, []string{form, same}, 303, "/"},
		{"… with a scheme", "POST", clearIt, "path=https://evil.example/", []string{form, same}, 303, "/"},
		{"… with a script", "POST", clearIt, "path=javascript:alert(1)", []string{form, same}, 303, "/"},
		{"… with a tab", "POST", clearIt, "path=/%09/evil.example", []string{form, same}, 303, "/"},
		{"… with a line break and a field", "POST", clearIt, "path=/%0d%0aSet-Cookie:%20x=1", []string{form, same}, 303, "/"},
		{"… by the query", "POST", clearIt + "?path=/elsewhere", "", []string{form, same}, 303, "/"},
		{"a form that is too long", "POST", clearIt, "path=/" + strings.Repeat("x", 5000), []string{form, same}, 400, ""},
		{"a form that is no form", "POST", clearIt, "path=%zz", []string{form, same}, 400, ""},
		{"a key that was never given", "GET", "/_fiveohtwo/status?k=AAAAAAAAAAAAAAAA", "", nil, 204, ""},
		{"the name of an upstream as a key", "GET", "/_fiveohtwo/status?k=" + url.QueryEscape(up.URL), "", nil, 204, ""},
		{"no key", "GET", "/_fiveohtwo/status", "", nil, 204, ""},
		{"a key of 100 KB", "GET", "/_fiveohtwo/status?k=" + strings.Repeat("A", 100_000), "", nil, 204, ""},
		{"posting to the status", "POST", "/_fiveohtwo/status?k=x", "x=1", []string{form}, 405, ""},
		{"an error type that does not exist", "GET", "/_fiveohtwo/problem/nonsense", "", nil, 404, ""},
		{"a path that goes up", "GET", "/_fiveohtwo/problem/../../etc/passwd", "", nil, 404, ""},
		{"markup in the name of an error type", "GET", "/_fiveohtwo/problem/%3Cscript%3E", "", nil, 404, ""},
		{"an endpoint that does not exist", "GET", "/_fiveohtwo/admin", "", nil, 404, ""},
		{"deleting a problem", "DELETE", "/_fiveohtwo/problem/dns_error", "", nil, 405, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := send(t, c.method, gateway.URL+c.path, c.body, c.fields...)
			if got.err != nil || got.status != c.status || got.header.Get("Location") != c.location {
				t.Errorf("status %d, location %q, error %v; want %d, %q", got.status, got.header.Get("Location"), got.err, c.status, c.location)
			}
			cleared := c.status == 204 && c.method == "POST" || c.status == 303
			if want := map[bool]string{true: `"cache"`}[cleared]; got.header.Get("Clear-Site-Data") != want {
				t.Errorf("Clear-Site-Data: %q, want %q", got.header.Get("Clear-Site-Data"), want)
			}
			if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Set-Cookie") != "" || len(got.body) > 100 {
				t.Errorf("header %v, body %q", got.header, got.body)
			}
			if c.status == 405 && got.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the upstream was asked %d times", n)
	}
}

// TestHostCannotPoison: whoever asks under a false name gets nothing that a cache could
// keep for others, and no link that leads there.
func TestHostCannotPoison(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{})
	gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
	for _, path := range []string{"/", "/_fiveohtwo/problem/dns_error", "/_fiveohtwo/status?k=x"} {
		for _, field := range []string{"", "X-Forwarded-Host: evil.example\r\n", "Forwarded: host=evil.example\r\n"} {
			got := raw(t, gateway.URL, "GET "+path+" HTTP/1.1\r\nHost: evil.example\r\n"+field+"Accept: text/html\r\nConnection: close\r\n\r\n")
			if !strings.Contains(got, "Cache-Control: no-store\r\n") {
				t.Errorf("%s with %q can be kept", path, field)
			}
			if link := regexp.MustCompile(`(href|src|action)="?[^"> ]*evil`).FindString(got); link != "" || strings.Contains(got, "Location:") {
				t.Errorf("%s with %q leads to %q", path, field, link)
			}
		}
	}
	got := raw(t, gateway.URL, "POST /_fiveohtwo/clear-cache HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-Host: evil.example\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 403 ") {
		t.Errorf("a host that nobody trusted was taken for ours: %.40q", got)
	}
}

var statusLink = regexp.MustCompile(`data-status="([^"]*)"`)

// TestStatusTellsWhenTheUpstreamIsBack goes the way of a waiting page.
func TestStatusTellsWhenTheUpstreamIsBack(t *testing.T) {
	takesLong(t)
	t.Parallel()
	up := serve(t, text(200, "fine"))
	var isUp atomic.Bool
	proxy := proxyTo(t, up.URL)
	proxy.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if !isUp.Load() {
			address = strings.TrimPrefix(deadUpstream, "http://")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	report, _ := incidents()
	gateway := serve(t, newMiddleware(t, middleware.Config{OnFailure: report}).Proxy(proxy))
	failed := func() string {
		link := statusLink.FindStringSubmatch(get(t, gateway.URL, "Accept: text/html").body)
		if link == nil || strings.Contains(link[1], "127.0.0") {
			t.Fatalf("the page's link: %q", link)
		}
		if got := get(t, gateway.URL+link[1]); got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Fatalf("while it is down: status %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
		}
		return link[1]
	}
	t.Run("because an exchange succeeded", func(t *testing.T) {
		link := failed()
		isUp.Store(true)
		if got := get(t, gateway.URL+"/"); got.status != 200 {
			t.Fatalf("status %d once it is up", got.status)
		}
		if got := get(t, gateway.URL+link); got.status != 204 {
			t.Errorf("status %d", got.status)
		}
	})
	t.Run("because a probe succeeded", func(t *testing.T) {
		isUp.Store(false)
		proxy.Transport.(*http.Transport).CloseIdleConnections()
		link := failed()
		isUp.Store(true)
		for deadline := time.Now().Add(20 * time.Second); get(t, gateway.URL+link).status != 204; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("never told")
			}
		}
	})
}

// TestPollsReachNoUpstream counts what 10,000 polls make the gateway do.
func TestPollsReachNoUpstream(t *testing.T) {
	takesLong(t)
	t.Parallel()
	var connections atomic.Int32
	dead := proxyTo(t, deadUpstream)
	dead.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		connections.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	broken := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }))
	for name, c := range map[string]struct {
		proxy       *httputil.ReverseProxy
		least, most int32 // probes, in the seconds that this takes
	}{
		"a failed connection is tried once a second": {dead, 1, 60},
		"what failed later is not tried at all":      {proxyTo(t, broken.URL), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := serve(t, newMiddleware(t, middleware.Config{}).Proxy(c.proxy))
			link := statusLink.FindStringSubmatch(get(t, gateway.URL, "Accept: text/html").body)
			if link == nil {
				t.Fatal("the page has no link")
			}
			client := &http.Client{Transport: new(http.Transport)}
			defer client.CloseIdleConnections()
			before := connections.Load()
			for range 10_000 {
				res, err := client.Get(gateway.URL + link[1])
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			probes := connections.Load() - before
			t.Logf("10,000 polls, %d probes", probes)
			if probes < c.least || probes > c.most {
				t.Errorf("%d probes, want %d to %d", probes, c.least, c.most)
			}
		})
	}
}
