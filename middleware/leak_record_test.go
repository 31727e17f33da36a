package middleware_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestRecordsKeepVisitorsSecrets: names and addresses of the inside belong into the
// record; what the visitor sent does not, except method, host and path.
func TestRecordsKeepVisitorsSecrets(t *testing.T) {
	takesLong(t)
	t.Parallel()
	var s search
	s.tell(t)
	for _, l := range slices.Concat(upstreamLeaks(), wayLeaks(), handlerLeaks(), aloneLeaks()) {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			var lines, objects lockedBuffer
			gateway, _ := l.gateway(t, slog.New(slog.NewMultiHandler(slog.NewTextHandler(&lines, nil), slog.NewJSONHandler(&objects, nil))))
			for n := range 2 { // without a body and with one
				raw(t, gateway.URL, leakForms[0].request(secretTarget, "en", n))
			}
			gateway.Close()
			records := strings.SplitAfter(objects.buf.String(), "\n")
			if len(records) != 3 || strings.Count(lines.buf.String(), "\n") != 2 {
				t.Fatalf("want 2 records, each a line: %q", lines.buf.String())
			}
			for _, record := range records[:2] {
				if found := s.in(record, visitorSecrets); found != nil {
					t.Errorf("there is something of %q in %s", found, record)
				}
				checkAttributes(t, record)
			}
		})
	}
}

// checkAttributes wants texts that can be printed anywhere.
func checkAttributes(t *testing.T, record string) {
	t.Helper()
	var attributes map[string]any
	if err := json.Unmarshal([]byte(record), &attributes); err != nil {
		t.Fatalf("%v: %s", err, record)
	}
	for name, value := range attributes {
		text := fmt.Sprint(value)
		if strings.ContainsFunc(text, notPlain) {
			t.Errorf("%s has characters that do not print: %q", name, text)
		}
	}
}

// TestRecordsAreBounded: who chooses an error's text does not fill the operator's disk.
func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	much := strings.Repeat("Wq7Malformed9zk", 200)
	for name, handler := range map[string]func(*testing.T, *middleware.Middleware) (http.Handler, string){
		"a long header line":                   behind("HTTP/1.1 200 OK\r\n" + much + "\r\n\r\n"),
		"a long start line":                    behind(much + "\r\n\r\n"),
		"a long status":                        behind("HTTP/1.1 " + much + " OK\r\n\r\n"),
		"a long transfer coding":               behind("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + much + "\r\n\r\n"),
		"a long length":                        behind("HTTP/1.1 200 OK\r\nContent-Length: " + much + "\r\n\r\n"),
		"a long protocol to switch to":         behind("HTTP/1.1 101 OK\r\nConnection: Upgrade\r\nUpgrade: " + much + "\r\n\r\n"),
		"a long phrase of a forward proxy":     forwardedBy("https", "HTTP/1.1 502 "+much+"\r\n\r\n"),
		"a long start line of a forward proxy": forwardedBy("https", much+"\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			gateway, _ := leak{handler: handler}.gateway(t, slog.New(slog.NewTextHandler(&log, nil)))
			raw(t, gateway.URL, leakForms[0].request("/cart", "en", 0))
			gateway.Close()
			record := log.buf.String()
			if n := strings.Count(record, "Wq7Malformed9zk"); n*len("Wq7Malformed9zk") > 256 || record == "" {
				t.Errorf("the record has %d bytes, a foreign text %d times", len(record), n)
			}
		})
	}
}

// TestLogsCannotBeForged: neither a visitor nor an upstream can end a line of the logs, or
// command the terminal that shows them.
func TestLogsCannotBeForged(t *testing.T) {
	t.Parallel()
	forged := errForged{"\nlevel=ERROR msg=forged\r\x1b[2J\"\x00\u202e\u2028\xff"}
	for _, request := range []string{
		"GET /a%0alevel=ERROR%1b[2J%22%00%e2%80%ae HTTP/1.1\r\nHost: shop.example.com\r\n",
		"GET /a\"b'c<d>\\e\xff HTTP/1.1\r\nHost: shop.example.com\r\n",
		"GET / HTTP/1.1\r\nHost: shop'$(id)\r\n",
		"!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: shop.example.com\r\n",
		"GET / HTTP/1.1\r\nHost: shop.example.com\r\nReferer: \" 200 0 \"-\" \\\xff\r\nUser-Agent: \"\\\xe2\x80\xae\"\r\nTraceparent: \"\r\nX-Request-Id: a\" b=\"\r\n",
	} {
		var records, access lockedBuffer
		mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&records, nil))})
		proxy := trippingProxy(t, func(*http.Request) error { return forged })
		gateway := serve(t, mw.AccessLog(&access, mw.Proxy(proxy)))
		answer := raw(t, gateway.URL, request+"Connection: close\r\n\r\n")
		gateway.Close() // the line of the access log comes after the answer
		for name, log := range map[string]string{"record": records.buf.String(), "access log": access.buf.String()} {
			if strings.Count(log, "\n") != 1 || strings.ContainsFunc(strings.TrimSuffix(log, "\n"), notPlain) {
				t.Errorf("%.40q: the %s is %q, the answer %.60q", request, name, log, answer)
			}
		}
	}
}

type errForged struct{ text string }

func (e errForged) Error() string { return e.text }

// notPlain reports what a log has no use for; durations are in µs.
func notPlain(r rune) bool { return r < ' ' || r > '~' && r != 'µ' }

// TestAccessLogHasNoCredentials: the Combined Log Format has request line, referer and
// agent, and no more.
func TestAccessLogHasNoCredentials(t *testing.T) {
	t.Parallel()
	logged := []string{"query", "language in the query", "Referer", "User-Agent"}
	private := slices.DeleteFunc(slices.Clone(visitorSecrets), func(c secret) bool { return slices.Contains(logged, c.place) })
	var access lockedBuffer
	mw := newMiddleware(t, middleware.Config{})
	proxy := trippingProxy(t, func(*http.Request) error { return errInside })
	gateway := serve(t, middleware.TrustProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, mw.AccessLog(&access, mw.Proxy(proxy))))
	for n := range 2 {
		raw(t, gateway.URL, leakForms[0].request(secretTarget, "en", n))
	}
	gateway.Close() // the line comes after the answer
	if strings.Count(access.buf.String(), "\n") != 2 {
		t.Fatalf("want 2 lines: %q", access.buf.String())
	}
	if found := new(search).in(access.buf.String(), slices.Concat(private, inside)); found != nil {
		t.Errorf("there is something of %q in %s", found, access.buf.String())
	}
}

// TestRecordNamesNoQuery: an error of net/http's client repeats the whole address.
func TestRecordNamesNoQuery(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	gateway := serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := http.Get(deadUpstream + "/api?" + r.URL.RawQuery)
		if err != nil {
			mw.ErrorHandler(w, r, err)
			return
		}
		res.Body.Close()
	})))
	get(t, gateway.URL+"/cart?token=Wq7Query9zk")
	gateway.Close()
	if record := log.buf.String(); record == "" || strings.Contains(record, "Wq7Query9zk") {
		t.Errorf("the query is in the record: %s", record)
	}
}

// TestLogsAreBounded: whatever a visitor, or whoever chooses the upstream, sends.
func TestLogsAreBounded(t *testing.T) {
	t.Parallel()
	const much = 900_000
	for name, c := range map[string]struct{ line, fields string }{
		"a long path":           {"GET /" + strings.Repeat("a", much), ""},
		"an encoded path":       {"GET /" + strings.Repeat("%e5%a4%a7", much/9), ""},
		"a path of bytes":       {"GET /" + strings.Repeat("\xff", much), ""},
		"a path of quotes":      {"GET /" + strings.Repeat(`"`, much), ""},
		"a long query":          {"GET /?" + strings.Repeat("a", much), ""},
		"a long method":         {strings.Repeat("A", much) + " /", ""},
		"a long Referer":        {"GET /", "Referer: " + strings.Repeat("\x80", much) + "\r\n"},
		"a long agent":          {"GET /", "User-Agent: " + strings.Repeat(`\`, much) + "\r\n"},
		"a long trace":          {"GET /", "X-Request-Id: " + strings.Repeat("a", much) + "\r\n"},
		"a long host":           {"GET /", "Host: " + strings.Repeat("a", much) + "\r\n"},
		"a long upstream":       {"GET /", "To: " + strings.Repeat("a", much) + ".invalid" + "\r\n"},
		"a long hint and cause": {"GET /", "Why: " + strings.Repeat("\xe5\xa4\xa7", much/3) + "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines, objects, access lockedBuffer
			mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewMultiHandler(slog.NewTextHandler(&lines, nil), slog.NewJSONHandler(&objects, nil)))})
			proxy := proxyTo(t, deadUpstream)
			rewrite := proxy.Rewrite
			proxy.Rewrite = func(r *httputil.ProxyRequest) {
				if rewrite(r); r.In.Header.Get("To") != "" {
					r.Out.URL.Host = r.In.Header.Get("To")
				}
			}
			proxied := mw.Proxy(proxy)
			gateway := serve(t, mw.AccessLog(&access, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if why := r.Header.Get("Why"); why != "" {
					mw.ErrorHandler(w, r, &diagnosis.Error{Hint: why, Err: errors.New(why)})
					return
				}
				proxied.ServeHTTP(w, r)
			}))))
			host := "Host: shop.example.com\r\n"
			if strings.HasPrefix(c.fields, "Host") {
				host = ""
			}
			raw(t, gateway.URL, c.line+" HTTP/1.1\r\n"+host+c.fields+"Connection: close\r\n\r\n")
			gateway.Close()
			for log, text := range map[string]string{"record": lines.String(), "record in JSON": objects.String(), "access log": access.String()} {
				if len(text) == 0 || len(text) > 6<<10 || !utf8.ValidString(text) || strings.Count(text, "\n") != 1 {
					t.Errorf("%s: %d bytes: %.200q", log, len(text), text)
				}
			}
		})
	}
}
