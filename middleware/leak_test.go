package middleware_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// shopHost is the host that visitors ask for. It is shown to them, and so is the path.
const shopHost = "shop.example.com"

// secretFields are what a visitor sends and must not get back. The proxies' fields have
// no effect, as the peer is not trusted, nor has what is not valid.
const secretFields = "Cookie: session=Wq7Cookie9zk\r\n" +
	"Authorization: Bearer Wq7Authorization9zk\r\n" +
	"Proxy-Authorization: Basic Wq7ProxyAuthorization9zk\r\n" +
	"User-Agent: Wq7Agent9zk/1.0\r\n" +
	"Referer: https://shop.example.com/basket?Wq7Referer9zk\r\n" +
	"Origin: https://wq7origin9zk.example\r\n" +
	"X-Own: Wq7Request9zk\r\n" +
	"X-Forwarded-For: 10.83.61.31\r\n" +
	"X-Forwarded-Host: wq7forwarded9zk.example\r\n" +
	"X-Forwarded-Proto: wq7proto9zk\r\n" +
	"X-Real-Ip: 10.83.61.31\r\n" +
	"Forwarded: for=wq7rfc7239zk;host=wq7rfc7239zk\r\n" +
	"X-Request-Id: Wq7RequestId9zk is not valid\r\n" +
	"Traceparent: 00-Wq7Trace9zk-01\r\n"

// secretTarget is what a visitor asks for, with a user and a query.
const secretTarget = "http://Wq7User9zk:Wq7Password9zk@" + shopHost + "/cart?token=Wq7Query9zk&fiveohtwo-lang=wq7querylang9zk"

// A leakForm is a client that gets one form of the answer.
type leakForm struct {
	name   string
	fields string
	accept string // empty: */*
	named  bool   // the client names the form: only then an empty 5xx is filled
}

var leakForms = []leakForm{
	{"page", "", "text/html", true},
	{"frame", "Sec-Fetch-Dest: iframe\r\n", "text/html", true},
	{"problem+json", "", "application/problem+json", true},
	{"json", "", "application/json", true},
	{"text", "", "", false},
	{"markdown", "", "text/markdown", false},
	{"number", "Sec-Fetch-Dest: image\r\n", "", false},
	{"handshake", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "", false},
	{"gRPC", "Content-Type: application/grpc+wq7accept9zk\r\n", "", true},
	{"gRPC-Web", "Content-Type: application/grpc-web-text\r\n", "", true},
	{"RPC", "Content-Type: application/proto\r\n", "", false},
	{"HEAD", "", "text/html", true},
}

// leakLanguages are those of the library, and one that it does not have.
var leakLanguages = []string{"en", "de", "fr", "es", "ar", "tlh"}

// request is what the client sends, with a body where the number is odd.
func (f leakForm) request(target, language string, n int) string {
	method, body := http.MethodGet, ""
	switch {
	case f.name == "HEAD":
		method = http.MethodHead
	case n%2 == 1:
		method, body = http.MethodPost, "order=Wq7Form9zk"
	}
	accept := f.accept
	if accept == "" {
		accept = "*/*"
	}
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n"+
		"Accept: %s,application/wq7accept9zk;q=0.1\r\nAccept-Language: %s,wq7accepted9zk;q=0.1\r\n%s%s\r\n%s",
		method, target, shopHost, len(body), accept, language, f.fields, secretFields, body)
}

// A leak is a failure with secrets around it.
type leak struct {
	name    string
	handler func(t *testing.T, mw *middleware.Middleware) (h http.Handler, port string)
	replace []int
	alone   bool     // without Wrap
	whole   bool     // what still holds of the answer that ours takes the place of stays
	quiet   bool     // even the record has no secret of the inside
	passes  []string // the forms whose client gets the upstream's own answer
}

// gateway starts the whole chain around the failure, with the port of the upstream. A
// record may come after the answer: close the gateway before reading the log.
func (l leak) gateway(t *testing.T, log *slog.Logger) (gateway *httptest.Server, port string) {
	t.Helper()
	mw := newMiddleware(t, middleware.Config{
		Name: "edge", Replace: l.replace, Logger: log,
		Brands:  map[string]pages.Brand{"wq7brand9zk": {Site: "Example Shop", Contact: pages.Contact{Email: "help@example.com"}}},
		BrandOf: func(*http.Request) string { return "wq7brand9zk" },
	})
	h, port := l.handler(t, mw)
	if !l.alone {
		h = mw.AccessLog(io.Discard, mw.Wrap(h))
	}
	h = middleware.TrustProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, h)
	return serve(t, h), port
}

// TestNothingLeaks asks for each failure in each form and language. Whatever was planted,
// nothing of it comes out, in the head or in the body.
func TestNothingLeaks(t *testing.T) {
	takesLong(t)
	t.Parallel()
	var s search
	s.tell(t)
	among := slices.Concat(inside, visitorSecrets)
	for _, l := range slices.Concat(upstreamLeaks(), wayLeaks(), handlerLeaks(), aloneLeaks()) {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			gateway, port := l.gateway(t, slog.New(slog.NewTextHandler(&log, nil)))
			n := 0
			for _, language := range leakLanguages {
				for _, f := range leakForms {
					n++
					answer := final(raw(t, gateway.URL, f.request(secretTarget, language, n)))
					if !isOurs(answer) {
						if !slices.Contains(l.passes, f.name) {
							t.Errorf("%s, %s: the answer is not ours: %.300q", f.name, language, answer)
						}
						continue
					}
					checkSpoken(t, f, language, answer)
					if l.whole {
						answer = stillHolds.ReplaceAllString(answer, "")
					}
					if found := s.in(answer, among, portsOf(port)...); found != nil {
						t.Errorf("%s, %s: there is something of %q", f.name, language, found)
					}
				}
			}
			gateway.Close()
			if record := log.buf.String(); !l.quiet && new(search).in(record, inside) == nil {
				t.Errorf("nothing of the inside was in the way: %.300s", record)
			}
		})
	}
}

// stillHolds are fields of a whole answer, for clients, that ours keeps.
var stillHolds = regexp.MustCompile(`(?m)^(Set-Cookie|Www-Authenticate|Vary): .*\r\n`)

// final returns the answer without interim ones, which are the upstream's, and without its
// length, which could look like a port.
func final(answer string) string {
	for strings.HasPrefix(answer, "HTTP/1.1 10") && !strings.HasPrefix(answer, "HTTP/1.1 101") {
		_, answer, _ = strings.Cut(answer, "\r\n\r\n")
	}
	before, after, ok := strings.Cut(answer, "\r\nContent-Length: ")
	if !ok {
		return answer
	}
	return before + after[strings.Index(after, "\r\n"):]
}

// isOurs reports an answer that we wrote.
func isOurs(answer string) bool { return strings.Contains(answer, "\r\nX-Robots-Tag: noindex\r\n") }

// checkSpoken wants the language that was asked for: else only one would be searched.
func checkSpoken(t *testing.T, f leakForm, language, answer string) {
	t.Helper()
	if language == "tlh" {
		language = "en"
	}
	silent := slices.Contains([]string{"gRPC", "gRPC-Web", "RPC"}, f.name)
	if want := "\r\nContent-Language: " + language + "\r\n"; !silent && !strings.Contains(answer, want) {
		t.Errorf("%s: want the language %s: %.400q", f.name, language, answer)
	}
}

// portsOf is the port to look for; empty: there is none.
func portsOf(port string) []string {
	if port == "" {
		return nil
	}
	return []string{port}
}

// TestOnlyValidNamesOfRequestsAreShown: what others call a request is shown if it can be
// nothing else.
func TestOnlyValidNamesOfRequestsAreShown(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{})
	gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, c := range []struct {
		name, field, text string
		shown             bool
	}{
		{"a valid trace", "Traceparent: 00-" + trace + "-00f067aa0ba902b7-01", trace, true},
		{"a trace in capitals", "Traceparent: 00-" + strings.ToUpper(trace) + "-00f067aa0ba902b7-01", trace, false},
		{"a trace with something behind it", "Traceparent: 00-" + trace + "-00f067aa0ba902b7-01-wq7", trace, false},
		{"a trace of version ff", "Traceparent: ff-" + trace + "-00f067aa0ba902b7-01", trace, false},
		{"a trace of nothing but zeros", "Traceparent: 00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01", strings.Repeat("0", 32), false},
		{"a valid X-Request-Id", "X-Request-Id: wq7-request", "wq7-request", true},
		{"an X-Request-Id with a space", "X-Request-Id: wq7 request", "wq7", false},
		{"an X-Request-Id with markup", "X-Request-Id: <b>wq7", "wq7", false},
		{"an X-Request-Id with quotes", `X-Request-Id: "wq7"`, "wq7", false},
		{"an X-Request-Id that is too long", "X-Request-Id: " + strings.Repeat("wq7", 22), "wq7", false},
		{"an X-Request-Id of bytes that are not ASCII", "X-Request-Id: wq7\u00fc\u202e", "wq7", false},
	} {
		for _, accept := range []string{"text/html", "text/plain"} {
			r := get(t, gateway.URL, "Accept: "+accept, c.field)
			var head bytes.Buffer
			_ = r.header.Write(&head)
			if shown := strings.Contains(strings.ToLower(head.String()+r.body), c.text); shown != c.shown {
				t.Errorf("%s: shown as %s: %t, want %t", c.name, accept, shown, c.shown)
			}
		}
	}
}
