package transparency

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"
	"testing"
	"time"
)

// TestDeviationsAreThese holds the differences that are meant, or cannot be helped, to
// what is said of them here.
func TestDeviationsAreThese(t *testing.T) {
	for _, c := range []struct {
		name       string
		request    request
		bare, ours string // what the client sees
	}{
		// The package's purpose: who asked for a page gets one where there is nothing else.
		{"an empty 502 becomes a page for a browser", request{line: "GET /empty/502", fields: []string{"Accept: text/html"}}, "Content-Length: 0", "Content-Type: text/html"},
		{"an empty 503 becomes JSON for a program", request{line: "GET /empty/503", fields: []string{"Accept: application/json"}}, "Content-Length: 0", "Content-Type: application/json"},
		// Config.Endpoints: the pages' own links lead here. Another path can be chosen.
		{"the path of our own pages", request{line: "GET /_fiveohtwo/problem/dns_error", fields: []string{"Accept: text/html"}}, "404", "Content-Security-Policy"},
		// The language parameter is taken out of the query: links and tests set it, and
		// sites should not see what is not theirs.
		{"the parameter that chooses a language", request{line: "GET /odd?a=1&fiveohtwo-lang=de&b=2"}, "fiveohtwo-lang=de", "/odd?a=1&b=2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, wiring{}, site(t))
			s.fails = true
			for i, g := range s.gateways {
				want := c.ours
				if i == 0 {
					want = c.bare
				}
				if got := exchange1(t, g, c.request); !strings.Contains(got, want) {
					t.Errorf("%s: got\n%s\nwhich has no %q", g.name, got, want)
				}
			}
		})
	}
}

// TestMaxBytesReaderCannotCloseTheConnection: http.MaxBytesReader tells net/http's own
// ResponseWriter by an unexported method that the connection is to be closed behind a
// body that is too large. No wrapper can pass that on. The answer is the same but for
// that; a handler that wants the connection closed can set the field itself.
func TestMaxBytesReaderCannotCloseTheConnection(t *testing.T) {
	for _, c := range []struct {
		name string
		set  bool // the handler sets the field
		want []string
	}{
		{"the reader alone", false, []string{"close", "", ""}},
		{"a handler that sets the field", true, []string{"close", "close", "close"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := new(stand)
			s.front(t, http1, clocks, func() http.Handler { return limited(c.set) })
			for i, g := range s.gateways {
				k := dial(t, g)
				k.send("POST /" + head11 + "Content-Length: 5\r\n\r\nhello")
				k.answer("POST")
				_ = k.conn.(*net.TCPConn).CloseWrite()
				got := k.end()
				if strings.Contains(got, "Connection: close") != (c.want[i] == "close") || !strings.Contains(got, "413") {
					t.Errorf("%s: got\n%s", g.name, got)
				}
			}
		})
	}
}

func limited(set bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2)); err != nil {
			if set {
				w.Header().Set("Connection", "close")
			}
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	})
}

// TestAccessLogHidesTheErrorOfAFlush: the writer of gorilla's logger has Flush, which
// returns nothing, and no FlushError. The next Write tells the handler.
func TestAccessLogHidesTheErrorOfAFlush(t *testing.T) {
	t.Parallel()
	seen := make(chan bool, 1)
	s := new(stand)
	s.front(t, http1, clocks, func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c := http.NewResponseController(w)
			_ = c.SetWriteDeadline(time.Unix(1, 0))
			_, _ = io.WriteString(w, "too late")
			seen <- errors.Is(c.Flush(), os.ErrDeadlineExceeded)
		})
	})
	for i, want := range []bool{true, true, false} {
		k := dial(t, s.gateways[i])
		get(k)
		k.end()
		if got := <-seen; got != want {
			t.Errorf("%s: the error is seen: %v, want %v", s.gateways[i].name, got, want)
		}
	}
}

// TestWhatTheWriterClaims: a ResponseWriter through Wrap has the optional methods of
// net/http's for both protocols, so that a type assertion can succeed where a bare one
// fails; what cannot be done is then an error of the call. It has no WriteString:
// io.WriteString does as well with Write.
func TestWhatTheWriterClaims(t *testing.T) {
	for _, c := range []struct {
		protocol   protocol
		bare, ours string
	}{
		{http1, "Hijacker Flusher ReaderFrom StringWriter", "Hijacker Pusher Flusher ReaderFrom, Push: feature not supported"},
		{http2, "Pusher Flusher StringWriter", "Hijacker Pusher Flusher ReaderFrom, Hijack: feature not supported"},
	} {
		s := new(stand)
		s.front(t, c.protocol, clocks, func() http.Handler { return http.HandlerFunc(claims) })
		for i, g := range s.gateways[:2] {
			r, want := request{line: "GET /"}, c.ours
			if i == 0 {
				want = c.bare
			}
			exchange := exchange1
			if c.protocol == http2 {
				exchange = func(t *testing.T, g gateway, r ...request) string { return exchange2(t, g, r[0]) }
			}
			if got := exchange(t, g, r); !strings.Contains(got, want) {
				t.Errorf("%s: got\n%s\nwhich has no %q", g.name, got, want)
			}
		}
	}
}

func claims(w http.ResponseWriter, r *http.Request) {
	var names []string
	claim := func(name string, ok bool) {
		if ok {
			names = append(names, name)
		}
	}
	hijacker, isHijacker := w.(http.Hijacker)
	claim("Hijacker", isHijacker)
	pusher, isPusher := w.(http.Pusher)
	claim("Pusher", isPusher)
	_, isFlusher := w.(http.Flusher)
	claim("Flusher", isFlusher)
	_, isReaderFrom := w.(io.ReaderFrom)
	claim("ReaderFrom", isReaderFrom)
	_, isStringWriter := w.(io.StringWriter)
	claim("StringWriter", isStringWriter)
	text := strings.Join(names, " ")
	if isPusher && r.ProtoMajor == 1 {
		text += fmt.Sprint(", Push: ", pusher.Push("/", nil))
	}
	if isHijacker && r.ProtoMajor == 2 {
		_, _, err := hijacker.Hijack()
		text += fmt.Sprint(", Hijack: ", err)
	}
	io.WriteString(w, text)
}

// Test304WithALengthPasses: a 304 may tell the length that a 200 would have (RFC 9110
// §8.6). With an HTTP/2 upstream net/http takes it for a body that is missing, and a
// bare ReverseProxy cuts the answer off. The upstream did nothing wrong: ours must not
// say that it did.
func Test304WithALengthPasses(t *testing.T) {
	s := newStand(t, wiring{front: http1, back: http2}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		w.WriteHeader(http.StatusNotModified)
	}))
	for _, g := range s.gateways[1:] {
		if got := exchange1(t, g, request{line: "GET /"}); !strings.Contains(got, "304 Not Modified") {
			t.Errorf("%s: got\n%s", g.name, got)
		}
	}
}

// TestProxyReadsTheFieldsOnce: mw.Proxy works on a copy. What is set in the ReverseProxy
// afterwards is not seen, where a bare one looks at its fields with each request.
func TestProxyReadsTheFieldsOnce(t *testing.T) {
	t.Parallel()
	var proxies []*httputil.ReverseProxy
	s := newStand(t, wiring{proxy: func(p *httputil.ReverseProxy) { proxies = append(proxies, p) }}, http.NotFoundHandler())
	for _, p := range proxies {
		p.ModifyResponse = func(res *http.Response) error { res.Header.Set("X-Late", "1"); return nil }
	}
	for i, g := range s.gateways {
		if got := exchange1(t, g, request{line: "GET /"}); strings.Contains(got, "X-Late: 1") != (i == 0) {
			t.Errorf("%s: got\n%s", g.name, got)
		}
	}
}
