package middleware_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestFieldsOf1xxStayOutOfTheFinalAnswer: with a proxy of ours as with a bare one, byte for
// byte.
func TestFieldsOf1xxStayOutOfTheFinalAnswer(t *testing.T) {
	t.Parallel()
	const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nVary: Cookie\r\nContent-Encoding: gzip\r\nX-Own: 1\r\n\r\n"
	const fine = "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nfine"
	for _, c := range []struct {
		name, text string
	}{
		{"one", hints + "HTTP/1.1 200 OK\r\n" + fine},
		{"two", hints + hints + "HTTP/1.1 200 OK\r\nVary: Cookie\r\n" + fine},
		{"one of another kind", strings.Replace(hints, "103 Early Hints", "102 Processing", 1) + "HTTP/1.1 200 OK\r\n" + fine},
		{"before an error of the site", hints + "HTTP/1.1 502 Bad\r\n" + fine},
		{"before an answer without a body", hints + "HTTP/1.1 304 Not Modified\r\nEtag: \"1\"\r\n\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ours := serve(t, saying(c.text)(t, newMiddleware(t, middleware.Config{})))
			upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				_, _ = io.WriteString(conn, c.text)
			}))
			bare := serve(t, proxyTo(t, upstream.URL))
			const request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
			if want, got := raw(t, bare.URL, request), raw(t, ours.URL, request); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestOurAnswerAfter1xx has nothing of it.
func TestOurAnswerAfter1xx(t *testing.T) {
	t.Parallel()
	const hints = "HTTP/1.1 103 Early Hints\r\nVary: Cookie\r\nSet-Cookie: early=1\r\nContent-Encoding: gzip\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
	for name, rest := range map[string]string{"a cut": "", "an empty 503": "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"} {
		got := get(t, serve(t, saying(hints+rest)(t, newMiddleware(t, middleware.Config{}))).URL, "Accept: text/html")
		for _, field := range []string{"Set-Cookie", "Content-Encoding", "Access-Control-Allow-Origin"} {
			if value := got.header.Get(field); value != "" {
				t.Errorf("after %s: %s: %s", name, field, value)
			}
		}
		if vary := strings.Join(got.header.Values("Vary"), ", "); strings.Contains(vary, "Cookie") || got.status < 502 {
			t.Errorf("after %s: %d, Vary: %s", name, got.status, vary)
		}
	}
}

// TestAHandlersOwn1xx: what it takes away behind it is gone.
func TestAHandlersOwn1xx(t *testing.T) {
	t.Parallel()
	wrapped := newMiddleware(t, middleware.Config{}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("X-Outer")
		w.Header().Del("Content-Encoding")
		_, _ = io.WriteString(w, "fine")
	}))
	got := get(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Outer", "1")
		w.Header().Set("X-Other", "1")
		wrapped.ServeHTTP(w, r)
	})).URL)
	if got.header.Get("X-Outer") != "" || got.header.Get("Content-Encoding") != "" || got.header.Get("X-Other") != "1" || got.body != "fine" {
		t.Errorf("%v %q", got.header, got.body)
	}
}
