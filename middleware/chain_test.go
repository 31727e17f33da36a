package middleware_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// lockedBuffer is a log that several requests may write to.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var (
	loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	nobody   []netip.Prefix
)

// A wholeChain is the documented order on a real server, with its access log and its records.
type wholeChain struct {
	*httptest.Server
	lines   chan string
	records lockedBuffer
}

func (c *wholeChain) Write(line []byte) (int, error) {
	c.lines <- string(line)
	return len(line), nil
}

// startChain runs next, the innermost handler, in the documented order.
func startChain(t *testing.T, trusted []netip.Prefix, next http.Handler) *wholeChain {
	t.Helper()
	c := &wholeChain{lines: make(chan string, 8)}
	records := slog.NewJSONHandler(&c.records, &slog.HandlerOptions{Level: slog.LevelDebug})
	mw := newMiddleware(t, middleware.Config{Logger: slog.New(records)})
	if p, ok := next.(*httputil.ReverseProxy); ok {
		next = mw.Proxy(p)
	}
	router := http.NewServeMux()
	router.Handle("/", next)
	h := mw.Wrap(handlers.CompressHandler(mw.Recover(router)))
	h = handlers.CORS(
		handlers.AllowedOrigins([]string{"https://app.example.com"}),
		handlers.AllowedMethods([]string{http.MethodGet, http.MethodPut}),
		handlers.ExposedHeaders([]string{"X-Request-Id"}),
	)(h)
	h = handlers.CanonicalHost("http://shop.example.com", http.StatusMovedPermanently)(h)
	c.Server = serve(t, mw.AccessLog(c, middleware.TrustProxies(trusted, h)))
	return c
}

// A chainCase is one request through the chain, and what it must come to.
type chainCase struct {
	name    string
	next    http.Handler
	trusted []netip.Prefix
	method  string // default GET
	path    string // default /
	fields  string // of the request, "Name: value|Name: value"; a browser's are added

	status int    // 0: no answer at all
	logged int    // in the line; default: status
	body   string // how it begins, once decoded
	with   string // fields of the answer, "Name: value|Name: value"
	cut    bool   // the answer breaks off visibly
	from   string // the visitor in the line; default 127.0.0.1
	failed string // error type and phase in the line; empty: nothing failed
	asked  bool   // an upstream was: its time stands in the line
}

// TestTheChain runs the whole documented order and holds the answer, its one line in the
// access log and its record against what happened.
func TestTheChain(t *testing.T) {
	t.Parallel()
	for _, c := range append(chainCases(t), chainFailures(t)...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startChain(t, c.trusted, c.next)
			got := send(t, defaultTo(c.method, http.MethodGet), s.URL+defaultTo(c.path, "/"), "", withDefaults(c.fields)...)
			line := s.line(t)
			s.Close()
			checkAnswer(t, c, got)
			checkLine(t, c, got, line)
			checkRecords(t, c, got, line, s.records.String())
			if len(s.lines) > 0 {
				t.Errorf("a further line: %q", <-s.lines)
			}
		})
	}
}

// withDefaults are the fields of a request, with those of a browser that are not among them.
func withDefaults(fields string) []string {
	var all []string
	for _, field := range []string{"Host: shop.example.com", "Accept: text/html", "User-Agent: "} {
		if name, _, _ := strings.Cut(field, " "); !strings.Contains("|"+fields, "|"+name) {
			all = append(all, field)
		}
	}
	if fields == "" {
		return all
	}
	return append(all, strings.Split(fields, "|")...)
}

func defaultTo(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func chainCases(t *testing.T) []chainCase {
	up := serve(t, workingUpstream())
	const fromApp = "Origin: https://app.example.com"
	const allowsApp = "Access-Control-Allow-Origin: https://app.example.com"
	tellsVisitor := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.RemoteAddr+" "+r.Host+" "+r.URL.Scheme)
	})
	const forwarded = "X-Forwarded-For: 203.0.113.7|X-Forwarded-Host: shop.example.com|X-Forwarded-Proto: https"
	return []chainCase{
		{name: "an answer passes", next: proxyTo(t, up.URL), path: "/hello", status: 200, body: "hello", with: "Content-Length: 5|Content-Encoding: ", asked: true},
		{name: "an answer is compressed", next: proxyTo(t, up.URL), path: "/hello", fields: "Accept-Encoding: gzip", status: 200, body: "hello", with: "Content-Encoding: gzip", asked: true},
		{name: "a large answer is compressed", next: proxyTo(t, up.URL), path: "/large", fields: "Accept-Encoding: gzip", status: 200, body: strings.Repeat("x", 5000), with: "Content-Encoding: gzip", asked: true},
		{name: "a stream of unknown length is compressed", next: proxyTo(t, up.URL), path: "/chunked", fields: "Accept-Encoding: gzip", status: 200, body: "0\n1\n2\n3\n4\n", with: "Content-Encoding: gzip", asked: true},
		{name: "the site's own error page passes compressed", next: proxyTo(t, up.URL), path: "/status/503", fields: "Accept-Encoding: gzip", status: 503, body: `{"error":503}`, with: "Content-Encoding: gzip", asked: true},
		{name: "a handler that copies", next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, strings.NewReader("copied")) }), status: 200, body: "copied"},
		{name: "HEAD", next: proxyTo(t, up.URL), method: http.MethodHead, path: "/hello", status: 200, with: "Content-Length: 5", asked: true},
		{name: "HEAD of a handler that writes a body", next: text(200, "body"), method: http.MethodHead, status: 200},
		{name: "outer fields survive early hints", next: proxyTo(t, up.URL), path: "/hints", fields: fromApp, status: 200, body: "ok", with: allowsApp, asked: true},
		{name: "the encoding survives early hints", next: proxyTo(t, up.URL), path: "/hints", fields: fromApp + "|Accept-Encoding: gzip", status: 200, body: "ok", with: allowsApp + "|Content-Encoding: gzip|Vary: Accept-Encoding", asked: true},
		{name: "another host is redirected to the canonical one", next: proxyTo(t, up.URL), path: "/hello?a=1", fields: "Host: www.example.com", status: 301, body: "<a href", with: "Location: http://shop.example.com/hello?a=1"},
		{name: "a preflight is answered by CORS", next: proxyTo(t, deadUpstream), method: http.MethodOptions, fields: fromApp + "|Access-Control-Request-Method: PUT", status: 200, with: allowsApp + "|Access-Control-Allow-Methods: PUT"},
		{name: "a page of ours about an error type", next: proxyTo(t, deadUpstream), path: "/_fiveohtwo/problem/connection_refused", status: 200, body: page},
		{name: "the word of a trusted proxy counts", trusted: loopback, next: tellsVisitor, fields: "Host: 10.0.0.1:8080|" + forwarded, status: 200, body: "203.0.113.7:0 shop.example.com https", from: "203.0.113.7"},
		{name: "the word of anybody else does not", trusted: nobody, next: tellsVisitor, fields: "X-Forwarded-For: 203.0.113.7|X-Forwarded-Host: other.example.com|X-Forwarded-Proto: https", status: 200, body: "127.0.0.1:"},
		{name: "a page names the host that the visitor asked for", trusted: loopback, next: proxyTo(t, deadUpstream), fields: "Host: 10.0.0.1:8080|" + forwarded, status: 502, body: page, with: "<bdi>shop.example.com</bdi>", from: "203.0.113.7", failed: "connection_refused connect", asked: true},
		{name: "a page does not name the host that a stranger puts in", trusted: nobody, next: proxyTo(t, deadUpstream), fields: "X-Forwarded-For: 203.0.113.7|X-Forwarded-Host: other.example.com", status: 502, body: page, with: "<bdi>shop.example.com</bdi>", failed: "connection_refused connect", asked: true},
	}
}

func chainFailures(t *testing.T) []chainCase {
	const gzipped, fromApp = "Accept-Encoding: gzip", "Origin: https://app.example.com"
	const allowsApp = "Access-Control-Allow-Origin: https://app.example.com"
	const refused, incomplete, internal = "connection_refused connect", "http_response_incomplete receive", "proxy_internal_error -"
	cutEarly, cutLate := serve(t, breaksOff(1000, 500)), serve(t, breaksOff(100_000, 50_000))
	cutChunked := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(noise(50_000))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	empty := serve(t, status(502))
	panics := func(v any) http.HandlerFunc { return func(http.ResponseWriter, *http.Request) { panic(v) } }
	begins := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			panic(v)
		}
	}
	return []chainCase{
		{name: "a dead upstream gets a page", next: proxyTo(t, deadUpstream), status: 502, body: page, with: "Content-Type: text/html; charset=utf-8", failed: refused, asked: true},
		{name: "the page passes the compressor by", next: proxyTo(t, deadUpstream), fields: gzipped + "|" + fromApp, status: 502, body: page, with: "Content-Encoding: |" + allowsApp, failed: refused, asked: true},
		{name: "a script of an allowed page can read the problem", next: proxyTo(t, deadUpstream), fields: gzipped + "|" + fromApp + "|Accept: application/problem+json", status: 502, body: `{"type":`, with: allowsApp + "|Access-Control-Expose-Headers: X-Request-Id|Content-Type: application/problem+json|Content-Encoding: ", failed: refused, asked: true},
		{name: "HEAD at a dead upstream", next: proxyTo(t, deadUpstream), method: http.MethodHead, fields: gzipped, status: 502, with: "Content-Type: text/html; charset=utf-8|Content-Encoding: ", failed: refused, asked: true},
		{name: "gRPC at a dead upstream", next: proxyTo(t, deadUpstream), method: http.MethodPost, fields: "Content-Type: application/grpc", status: 200, with: "Grpc-Status: 14", failed: refused, asked: true},
		{name: "an empty 502 of the upstream gets a page", next: proxyTo(t, empty.URL), status: 502, body: page, failed: "- receive", asked: true},
		{name: "an empty 502 of the upstream gets a page past the compressor", next: proxyTo(t, empty.URL), fields: gzipped, status: 502, body: page, with: "Content-Encoding: ", failed: "- receive", asked: true},
		{name: "an empty 502 of a handler gets a page", next: status(502), status: 502, body: page, failed: "- -"},
		{name: "a body cut early becomes a page", next: proxyTo(t, cutEarly.URL), fields: fromApp, status: 502, body: page, with: allowsApp, failed: incomplete, asked: true},
		{name: "a compressed body cut early becomes a page", next: proxyTo(t, cutEarly.URL), fields: gzipped, status: 502, body: page, with: "Content-Encoding: ", failed: incomplete, asked: true},
		{name: "a body cut late breaks off visibly", next: proxyTo(t, cutLate.URL), status: 200, body: string(noise(50_000)), cut: true, failed: incomplete, asked: true},
		{name: "a compressed body cut late breaks off visibly", next: proxyTo(t, cutLate.URL), fields: gzipped, status: 200, cut: true, with: "Content-Encoding: gzip", failed: incomplete, asked: true},
		{name: "a chunked body cut late breaks off visibly", next: proxyTo(t, cutChunked.URL), status: 200, cut: true, failed: incomplete, asked: true},
		{name: "a panic gets a page", next: panics("oops"), status: 500, body: page, failed: internal},
		{name: "a panic gets a page past the compressor", next: panics("oops"), fields: gzipped + "|" + fromApp, status: 500, body: page, with: "Content-Encoding: |" + allowsApp, failed: internal},
		{name: "a panic after the start cuts off", next: begins("oops"), status: 200, body: "begun", cut: true, failed: internal},
		{name: "a panic after a compressed start cuts off", next: begins("oops"), fields: gzipped, status: 200, body: "begun", cut: true, with: "Content-Encoding: gzip", failed: internal},
		{name: "an abort ends the connection", next: panics(http.ErrAbortHandler), status: 0, logged: 500, cut: true},
		{name: "an abort after the start cuts off", next: begins(http.ErrAbortHandler), status: 200, body: "begun", cut: true},
	}
}

// breaksOff declares so many bytes and sends fewer, which do not get smaller by compression.
func breaksOff(declared, sent int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", itoa(declared))
		w.Write(noise(sent))
	}
}

// decoded is the body as a browser would show it, as far as it came.
func decoded(got reply) string {
	if got.header.Get("Content-Encoding") != "gzip" || got.body == "" {
		return got.body
	}
	r, err := gzip.NewReader(strings.NewReader(got.body))
	if err != nil {
		return "no gzip: " + err.Error()
	}
	plain, _ := io.ReadAll(r)
	return string(plain)
}
