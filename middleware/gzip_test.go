package middleware_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// plain returns the body of a reply without its content coding.
func plain(t testing.TB, r reply) string {
	t.Helper()
	if r.header.Get("Content-Encoding") == "" {
		return r.body
	}
	from, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// ofOne are the parts of a page that belong to one exchange.
var ofOne = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|\d{4}-\d\d-\d\d[T ][0-9:]+|k=[\w-]+|20\d\d-\d\d-\d\d%20[0-9:%A]+|127\.0\.0\.1(:|%3A)\d+`)

// TestCompressedPage: a page is compressed for who takes that, once, and says the same.
func TestCompressedPage(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{Brand: shop()})
	proxy := mw.Proxy(proxyTo(t, deadUpstream))
	bare := proxyTo(t, deadUpstream)
	bare.ErrorHandler = mw.ErrorHandler
	const page, takes = "Accept: text/html", "Accept-Encoding: gzip, deflate, br"
	want := ofOne.ReplaceAllString(get(t, serve(t, proxy).URL, page).body, "")
	for _, tt := range []struct {
		name       string
		handler    http.Handler
		fields     []string
		compressed bool
		same       bool // the page is the usual one
	}{
		{"a browser", proxy, []string{page, takes}, true, true},
		{"who says nothing", proxy, []string{page}, false, true},
		{"who refuses it", proxy, []string{page, "Accept-Encoding: gzip;q=0"}, false, true},
		{"a compressor outside", handlers.CompressHandler(proxy), []string{page, takes}, true, true},
		{"a compressor inside, whose way our answer does not take", mw.Wrap(handlers.CompressHandler(mw.Proxy(proxyTo(t, deadUpstream)))), []string{page, takes}, false, true},
		{"another language", proxy, []string{page, takes, "Accept-Language: ar"}, true, false},
		{"without Wrap nobody knows what stands in between", bare, []string{page, takes}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, tt.handler)
			for range 3 { // the first one may be rendered, the others are made of what is ready
				got := get(t, server.URL, tt.fields...)
				if compressed := got.header.Get("Content-Encoding") == "gzip"; got.status != 502 || compressed != tt.compressed {
					t.Fatalf("status %d, compressed: %v", got.status, compressed)
				}
				body := ofOne.ReplaceAllString(plain(t, got), "")
				if (body == want) != tt.same {
					t.Errorf("the same page: %v; %d bytes, want %d", body == want, len(body), len(want))
				}
				if !strings.HasSuffix(body, "</html>") {
					t.Errorf("it ends with %.40q", body[max(0, len(body)-40):])
				}
			}
		})
	}
	t.Run("a program gets its JSON as it is", func(t *testing.T) {
		got := get(t, serve(t, proxy).URL, "Accept: application/json", takes)
		if got.header.Get("Content-Encoding") != "" || !strings.HasPrefix(got.body, "{") {
			t.Errorf("%v %.20q", got.header, got.body)
		}
	})
	t.Run("HEAD has the fields of GET", func(t *testing.T) {
		server := serve(t, proxy)
		get(t, server.URL, page, takes)
		a, b := get(t, server.URL, page, takes), send(t, http.MethodHead, server.URL, "", page, takes)
		if b.header.Get("Content-Encoding") != a.header.Get("Content-Encoding") || b.body != "" || b.header.Get("Content-Length") == "" {
			t.Errorf("GET %v, HEAD %v", a.header, b.header)
		}
	})
}
