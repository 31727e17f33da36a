package middleware_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// holding are fields of a whole answer that hold for ours, too.
var holding = []string{
	"Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Credentials: true",
	"Access-Control-Expose-Headers: Retry-After", "Timing-Allow-Origin: https://app.example",
	"Set-Cookie: lb=b; Path=/", "Set-Cookie: csrf=1; Secure", `WWW-Authenticate: Basic realm="shop"`, `WWW-Authenticate: Bearer`,
	"Allow: GET, POST", "Link: </help>; rel=help", "Strict-Transport-Security: max-age=31536000", `Clear-Site-Data: "cache"`,
	"Vary: Origin",
}

// notHolding speak of a body that is gone.
var notHolding = []string{
	"Etag: \"1\"", "Last-Modified: Wed, 15 Nov 2023 22:13:20 GMT", "Content-Disposition: attachment", "Server: inner", "Cache-Control: max-age=60",
	"X-Request-Id: up-4711", "Content-Location: /inner",
}

func lines(fields []string) string { return strings.Join(fields, "\r\n") + "\r\n" }

// heldOf are the holding lines that an answer has.
func heldOf(got reply) (held []string) {
	for _, f := range holding {
		name, value, _ := strings.Cut(f, ": ")
		if slices.Contains(got.header.Values(name), value) {
			held = append(held, f)
		}
	}
	return held
}

// TestWhatStillHoldsStays: a script of another origin reads the status, a cookie is set, a
// cache tells the answers apart, as with the answer that ours takes the place of.
func TestWhatStillHoldsStays(t *testing.T) {
	t.Parallel()
	head := func(status string) string { return "HTTP/1.1 " + status + "\r\n" + lines(holding) + lines(notHolding) }
	replaced := middleware.Config{Replace: []int{400, 413, 500}}
	for _, c := range []struct {
		name, text string
		config     middleware.Config
		method     string
		broke      bool // nothing is kept
	}{
		{"an empty 503 is filled", head("503 Busy") + "Content-Length: 0\r\n\r\n", middleware.Config{}, "GET", false},
		{"one of unknown length", head("502 Bad") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", middleware.Config{}, "GET", false},
		{"one that answers to HEAD", head("504 Late") + "\r\n", middleware.Config{}, "HEAD", false},
		{"one that answers to a preflight", head("503 Busy") + "Content-Length: 0\r\n\r\n", middleware.Config{}, "OPTIONS", false},
		{"one that answers to a form", head("503 Busy") + "Content-Length: 0\r\n\r\n", middleware.Config{}, "POST", false},
		{"a 500 is replaced", head("500 Broken") + "Content-Length: 5\r\n\r\noops!", replaced, "GET", false},
		{"a 413 is replaced", head("413 Large") + "Content-Length: 5\r\n\r\noops!", replaced, "POST", false},
		{"a 500 whose body never ends is replaced", head("500 Broken") + "Content-Length: 50\r\n\r\noops!", replaced, "GET", false},
		{"a head that broke", head("503 Busy"), middleware.Config{}, "GET", true},
		{"a body that broke", head("200 OK") + "Content-Length: 50\r\n\r\noops!", middleware.Config{}, "GET", true},
		{"a body that broke, of a status that is not replaced", head("502 Bad") + "Content-Length: 50\r\n\r\noops!", middleware.Config{}, "GET", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ours := serve(t, saying(c.text)(t, newMiddleware(t, c.config)))
			got := send(t, c.method, ours.URL, "", "Accept: text/html", "Origin: https://app.example")
			if got.err != nil || got.header.Get("X-Robots-Tag") == "" {
				t.Fatalf("the answer is not ours: %v %v", got.err, got.header)
			}
			want := holding
			if c.broke {
				want = nil
			}
			if held := heldOf(got); !slices.Equal(held, want) {
				t.Errorf("kept %q, want %q", held, want)
			}
			for _, f := range notHolding {
				name, value, _ := strings.Cut(f, ": ")
				if got.header.Get(name) == value {
					t.Errorf("%s was kept", f)
				}
			}
			if vary := got.header.Values("Vary"); !strings.Contains(strings.Join(vary, ", "), "Accept-Language") {
				t.Errorf("Vary: %q", vary)
			}
		})
	}
}

// TestWhatHandlersSetStays: CORS, a session and a lock in between speak for the site, too. Who
// is outside goes first, as his field is there for every answer.
func TestWhatHandlersSetStays(t *testing.T) {
	t.Parallel()
	set := func(h http.Header) {
		for _, f := range holding {
			name, value, _ := strings.Cut(f, ": ")
			h.Add(name, value)
		}
		h.Set("Content-Encoding", "br")
	}
	mw := newMiddleware(t, middleware.Config{Replace: []int{500}})
	inner := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			set(w.Header())
			w.WriteHeader(status)
			if body != "" {
				_, _ = io.WriteString(w, body)
			}
		})
	}
	theirs := proxyTo(t, deadUpstream)
	theirs.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
		set(w.Header())
		w.WriteHeader(http.StatusBadGateway)
	}
	for name, h := range map[string]http.Handler{
		"an empty 502 of a handler":          mw.Wrap(inner(502, "")),
		"a 500 of a handler":                 mw.Wrap(inner(500, "oops!")),
		"an empty 502 of their ErrorHandler": mw.Proxy(theirs),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := get(t, serve(t, h).URL, "Accept: text/html")
			if held := heldOf(got); !slices.Equal(held, holding) || got.header.Get("Content-Encoding") != "" {
				t.Errorf("kept %q, want %q", held, holding)
			}
			outer := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "https://other.example")
				w.Header().Set("Vary", "Origin")
				w.Header().Set("Set-Cookie", "outer=1")
				w.Header().Set("Strict-Transport-Security", "max-age=1")
				h.ServeHTTP(w, r)
			}))
			got = get(t, outer.URL, "Accept: text/html")
			for name, want := range map[string]string{
				"Access-Control-Allow-Origin": "[https://other.example]", "Access-Control-Allow-Credentials": "[]", "Strict-Transport-Security": "[max-age=1]",
				"Set-Cookie": "[outer=1 lb=b; Path=/ csrf=1; Secure]",
			} {
				if values := got.header.Values(name); fmt.Sprint(values) != want {
					t.Errorf("%s: %q, want %s", name, values, want)
				}
			}
			if vary := got.header.Values("Vary"); len(vary) != 2 || vary[0] != "Origin" {
				t.Errorf("Vary: %q", vary)
			}
		})
	}
}

// TestAnAnswerInTheFormOfAProgramStays: what an API says in JSON is more than we know.
func TestAnAnswerInTheFormOfAProgramStays(t *testing.T) {
	t.Parallel()
	const own = `{"error":"stock","retry":false}`
	const asJSON, asPage, asProblem, byFetch = "Accept: application/json", "Accept: text/html", "Accept: application/problem+json", "Sec-Fetch-Mode: cors"
	for _, c := range []struct {
		name, kind, body, accept string
		stays                    bool
	}{
		{"JSON to who takes JSON", "application/json", own, asJSON, true},
		{"JSON of a kind", "application/vnd.api+json; charset=utf-8", own, asJSON, true},
		{"a problem to who takes one", "Application/Problem+JSON", own, asProblem, true},
		{"JSON to a script of a page", "application/json", own, byFetch, true},
		{"JSON to a browser", "application/json", own, asPage, false},
		{"a page to who takes JSON", "text/html", "<h1>oops</h1>", asJSON, false},
		{"a page to a browser", "text/html", "<h1>oops</h1>", asPage, false},
		{"nothing, be it called JSON", "application/json", "", asJSON, false},
	} {
		for _, length := range []bool{true, false} {
			name := fmt.Sprintf("%s, of known length: %v", c.name, length)
			write := func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				if length {
					w.Header().Set("Content-Length", fmt.Sprint(len(c.body)))
				}
				w.WriteHeader(http.StatusServiceUnavailable)
				if !length {
					_ = http.NewResponseController(w).Flush()
				}
				_, _ = io.WriteString(w, c.body)
			}
			mw := newMiddleware(t, middleware.Config{Replace: []int{503}})
			proxied := mw.Proxy(proxyTo(t, serve(t, http.HandlerFunc(write)).URL))
			for from, h := range map[string]http.Handler{"an upstream": proxied, "a handler": mw.Wrap(http.HandlerFunc(write))} {
				if from == "a handler" && !length && c.body == "" {
					continue // it has flushed nothing by hand: that is its own answer
				}
				t.Run(name+", of "+from, func(t *testing.T) {
					got := get(t, serve(t, h).URL, c.accept)
					stayed := got.body == c.body && got.header.Get("Content-Type") == c.kind
					if stayed != c.stays || got.status != 503 || got.err != nil {
						t.Errorf("%d %s: %.80q, %v", got.status, got.header.Get("Content-Type"), got.body, got.err)
					}
				})
			}
		}
	}
}

// TestTheUpstreamsNameForTheRequest is what its own log has. It may be anything.
func TestTheUpstreamsNameForTheRequest(t *testing.T) {
	t.Parallel()
	for id, logged := range map[string]bool{
		"up-4711": true, "Root=1-67891233-abcdef012345678912345678": true, "a/b+c==": true,
		"two words": false, strings.Repeat("x", 129): false, "": false,
	} {
		var log lockedBuffer
		mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		gateway := serve(t, saying("HTTP/1.1 503 Busy\r\nX-Request-Id: "+id+"\r\nContent-Length: 0\r\n\r\n")(t, mw))
		if got := get(t, gateway.URL, "Accept: text/html"); id != "" && strings.Contains(got.header.Get("X-Request-Id")+got.body, id) {
			t.Errorf("%q is shown", id)
		}
		gateway.Close()
		if got := strings.Contains(log.buf.String(), "upstream_request_id="); got != logged {
			t.Errorf("%q is in the record: %v, want %v", id, got, logged)
		}
	}
}

// TestASiteThatAnsweredWasReached: whatever it answered.
func TestASiteThatAnsweredWasReached(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{Brand: shop(), Replace: []int{400, 413, 431, 500, 501, 502, 503, 504, 507}})
	for _, status := range []string{"400 A", "413 A", "431 A", "500 A", "501 A", "502 A", "503 A", "504 A", "507 A"} {
		for _, member := range []string{"", "http_request_error", "http_request_denied", "destination_not_found", "proxy_loop_detected", "connection_refused"} {
			field := ""
			if member != "" {
				field = "Proxy-Status: inner; error=" + member + "\r\n"
			}
			gateway := serve(t, saying("HTTP/1.1 "+status+"\r\n"+field+"Content-Length: 5\r\n\r\noops!")(t, mw))
			for _, method := range []string{"GET", "POST"} {
				got := send(t, method, gateway.URL, "", "Accept: text/html")
				for _, false := range []string{"Not reached", "Stopped here", "it was not in a form that we can read", "Not all of it got past our front door", "not sent"} {
					if strings.Contains(got.body, false) || got.header.Get("X-Robots-Tag") == "" {
						t.Errorf("%s of %s (%s): the page says %q", status, method, member, false)
					}
				}
			}
		}
	}
}

// TestRetryAfterIsNeverAbsurd: by whomever it is.
func TestRetryAfterIsNeverAbsurd(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"30": "30", " 30 ": "30", "0": "6", "-1": "6", "-9223372036854775807": "6", "99999999999999999999": "86400", "-99999999999999999999": "6",
		"9223372036854775807": "86400", "Fri, 31 Dec 9999 23:59:59 GMT": "86400", "Thu, 01 Jan 1970 00:00:00 GMT": "6", "soon": "6", "1e9": "6", "": "6",
	} {
		mw := newMiddleware(t, middleware.Config{})
		proxied := saying("HTTP/1.1 503 Busy\r\nRetry-After: "+field+"\r\nContent-Length: 0\r\n\r\n")(t, mw)
		handled := mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", field)
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		for from, h := range map[string]http.Handler{"an upstream": proxied, "a handler": handled} {
			got := get(t, serve(t, h).URL, "Accept: application/json")
			if after := got.header.Get("Retry-After"); after != want || !strings.Contains(got.body, `"retry_after":`+want+",") {
				t.Errorf("%q of %s becomes %q, %s", field, from, after, got.body)
			}
		}
	}
}
