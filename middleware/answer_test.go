package middleware_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

func shop() pages.Brand {
	return pages.Brand{Site: "Example Shop", Contact: pages.Contact{Email: "help@example.com"}}
}

// TestEachClientGetsItsForm asks a gateway whose upstream is dead, as clients do.
func TestEachClientGetsItsForm(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{Brand: shop(), Name: "edge"})
	gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
	const html, problem, plain = "text/html; charset=utf-8", "application/problem+json", "text/plain; charset=utf-8"
	for _, c := range []struct {
		name        string
		fields      string // "Name: value|Name: value"
		contentType string
		language    string
		contains    []string
	}{
		{"a browser gets the page", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", html, "en",
			[]string{"<h1><bdi>Example Shop</bdi> is not answering right now</h1>", "help@example.com", "The problem is on our side. We are sure."}},
		{"in German", "Accept: text/html|Accept-Language: de-AT,de;q=0.9,en;q=0.8", html, "de",
			[]string{`<html lang="de" dir="ltr"`, "Example Shop", "help@example.com", "Das Problem liegt bei uns."}},
		{"in French", "Accept: text/html|Accept-Language: fr", html, "fr", []string{`<html lang="fr"`, "de notre côté"}},
		{"in Spanish", "Accept: text/html|Accept-Language: es-MX", html, "es", []string{`<html lang="es"`}},
		{"in Arabic, from right to left", "Accept: text/html|Accept-Language: ar-EG", html, "ar", []string{`<html lang="ar" dir="rtl"`}},
		{"in the fallback for a language we lack", "Accept: text/html|Accept-Language: kk", html, "en", []string{`<html lang="en"`}},
		{"a navigation without a useful Accept gets the page", "Accept: */*|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", html, "en", nil},
		{"a program gets problem+json", "Accept: application/problem+json", problem, "en", []string{`"error":"connection_refused"`}},
		{"a program that asks for JSON gets JSON", "Accept: application/json", "application/json", "en", []string{`"retryable":true`}},
		{"fetch gets problem+json", "Accept: */*|Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", problem, "en", nil},
		{"curl gets text", "Accept: */*|User-Agent: curl/8.5.0", plain, "en", []string{"Example Shop is not answering right now (502)\n", "Reference: "}},
		{"an image gets next to nothing", "Accept: image/avif,image/webp,*/*|Sec-Fetch-Dest: image", plain, "en", []string{"502\n"}},
		{"a hostile Accept-Language costs nothing", "Accept: text/html|Accept-Language: " + strings.Repeat("de;q=0.1,", 50_000), html, "de", nil},
		{"a broken Accept-Language is passed over", "Accept: text/html|Accept-Language: \xff\xfe, de-DE@euro;q=x, ,,;;, fr;q=0.5", html, "fr", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := get(t, gateway.URL+"/cart?token=s3cr3t", strings.Split(c.fields, "|")...)
			head := send(t, http.MethodHead, gateway.URL+"/cart?token=s3cr3t", "", strings.Split(c.fields, "|")...)
			if got.err != nil || got.status != 502 {
				t.Fatalf("status %d, error %v", got.status, got.err)
			}
			for name, want := range map[string]string{
				"Content-Type": c.contentType, "Content-Language": c.language, "Cache-Control": "no-store",
				"Proxy-Status": "edge; error=connection_refused", "X-Content-Type-Options": "nosniff",
			} {
				if got.header.Get(name) != want {
					t.Errorf("%s: got %q, want %q", name, got.header.Get(name), want)
				}
			}
			for _, want := range c.contains {
				if !strings.Contains(got.body, want) {
					t.Errorf("the body lacks %q", want)
				}
			}
			checkNothingLeaks(t, got)
			sameFields(t, got, head)
		})
	}
}

func checkNothingLeaks(t *testing.T, got reply) {
	t.Helper()
	var header bytes.Buffer
	_ = got.header.Write(&header)
	for _, secret := range []string{"127.0.0.9", "dial tcp", "connection refused", "s3cr3t", "token", "http: "} {
		if strings.Contains(got.body, secret) || strings.Contains(header.String(), secret) {
			t.Errorf("%q leaks", secret)
		}
	}
}

// sameFields holds a HEAD answer against that for GET.
func sameFields(t *testing.T, get, head reply) {
	t.Helper()
	if head.body != "" || head.status != get.status {
		t.Errorf("HEAD: status %d, %d bytes of body", head.status, len(head.body))
	}
	for name := range get.header {
		if name != "Date" && name != "X-Request-Id" && head.header.Get(name) != get.header.Get(name) {
			t.Errorf("HEAD: %s is %q, with GET %q", name, head.header.Get(name), get.header.Get(name))
		}
	}
}

func TestProblemHasTheDocumentedMembers(t *testing.T) {
	t.Parallel()
	gateway := serve(t, newMiddleware(t, middleware.Config{}).Proxy(proxyTo(t, deadUpstream)))
	got := get(t, gateway.URL+"/cart", "Accept: application/json")
	var members map[string]any
	if err := json.Unmarshal([]byte(got.body), &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"type", "title", "status", "detail", "instance", "error", "phase", "party", "outcome", "confidence", "scope", "retryable", "reference"} {
		if members[name] == nil {
			t.Errorf("no member %q in %s", name, got.body)
		}
	}
	address := gateway.URL + members["type"].(string)
	if explained := get(t, address, "Accept: text/html"); explained.status != 200 || !strings.HasPrefix(explained.body, page) {
		t.Errorf("the type leads to status %d", explained.status)
	}
}

// TestRetryAfterIsTheSameEverywhere: header, JSON and status come from one place.
func TestRetryAfterIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{})
	p := proxyTo(t, deadUpstream)
	p.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, RetryAfter: 29_100_000_000}
	})
	got := get(t, serve(t, mw.Proxy(p)).URL, "Accept: application/json")
	if got.status != 503 || got.header.Get("Retry-After") != "30" || !strings.Contains(got.body, `"retry_after":30`) {
		t.Errorf("status %d, Retry-After %q, body %s", got.status, got.header.Get("Retry-After"), got.body)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTheOperatorsRecord: one line names the machine and what to do, whatever the
// upstream put into the error.
func TestTheOperatorsRecord(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
	get(t, gateway.URL+"/cart?token=s3cr3t", "Accept: text/html")
	gateway.Close()
	line := log.String()
	for _, want := range []string{"level=ERROR", `msg="upstream failed"`, "error=connection_refused", "phase=connect", "party=site", "outcome=not_sent", "status=502", "upstream=" + deadUpstream, "path=/cart", "hint=", "cause="} {
		if !strings.Contains(line, want) {
			t.Errorf("the record lacks %q: %s", want, line)
		}
	}
	if strings.Count(line, "\n") != 1 || strings.Contains(line, "s3cr3t") {
		t.Errorf("want one line without the query: %s", line)
	}
}

func TestTheLanguageParameterStaysHere(t *testing.T) {
	t.Parallel()
	queries := make(chan string, 1)
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries <- r.URL.RawQuery
		w.WriteHeader(502)
	}))
	gateway := serve(t, newMiddleware(t, middleware.Config{}).Proxy(proxyTo(t, upstream.URL)))
	got := get(t, gateway.URL+"/?b=2&fiveohtwo-lang=ar&a=%2F", "Accept: text/html")
	if query := <-queries; query != "b=2&a=%2F" {
		t.Errorf("the upstream saw %q", query)
	}
	if got.header.Get("Content-Language") != "ar" {
		t.Errorf("language %q", got.header.Get("Content-Language"))
	}
}

func TestOwnEndpoints(t *testing.T) {
	t.Parallel()
	asked := 0
	mw := newMiddleware(t, middleware.Config{Brand: shop()})
	s := serve(t, mw.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ })))
	for _, c := range []struct {
		name, method, path string
		status             int
		contains, without  string
	}{
		{"explains a type", "GET", "problem/connection_refused", 200, "did not let us in", "Try again"},
		{"in the language asked for", "GET", "problem/dns_error?lang=de", 200, `<html lang="de"`, ""},
		{"believes no word on a form", "GET", "problem/http_response_timeout?method=POST&outcome=unknown", 200, "no full answer came in time", "form went through"},
		{"shows no reference that anybody can make up", "GET", "problem/dns_error?reference=7KQ2-M9XD", 200, "", "7KQ2-M9XD"},
		{"repeats nothing else", "GET", "problem/dns_error?reference=%3Cscript%3E&method=EVIL&outcome=EVIL&lang=EVIL&x=EVIL", 200, "", "EVIL"},
		{"knows 32 types", "GET", "problem/no_such_type", 404, "", "no_such_type"},
		{"has nothing else", "GET", "secret", 404, "", ""},
		{"takes no POST", "POST", "problem/dns_error", 405, "", ""},
		{"answers HEAD", "HEAD", "problem/dns_error", 200, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := send(t, c.method, s.URL+"/_fiveohtwo/"+c.path, "", "Accept: text/html")
			if got.status != c.status || !strings.Contains(got.body, c.contains) || c.without != "" && strings.Contains(got.body, c.without) {
				t.Errorf("status %d, body %.2000s", got.status, got.body)
			}
			if c.status != 405 && got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", got.header.Get("Cache-Control"))
			}
		})
	}
	for _, kind := range diagnosis.Types() {
		for _, l := range []string{"en", "de", "fr", "es", "ar"} {
			got := get(t, s.URL+"/_fiveohtwo/problem/"+string(kind)+"?lang="+l, "Accept: text/html")
			if got.status != 200 || got.header.Get("Content-Language") != l {
				t.Errorf("%s in %s: status %d, language %s", kind, l, got.status, got.header.Get("Content-Language"))
			}
		}
	}
	if asked != 0 {
		t.Errorf("the handler behind was asked %d times", asked)
	}
}

// ownScript is the page's, at its end.
var ownScript = regexp.MustCompile(`(?s)<script>"use strict";.*?</script></body></html>$`)

// TestHostileRequestsAreInert: what a client puts into host and path is shown escaped or
// not at all, and never gets into a header field.
func TestHostileRequestsAreInert(t *testing.T) {
	t.Parallel()
	gateway := serve(t, newMiddleware(t, middleware.Config{}).Proxy(proxyTo(t, deadUpstream)))
	for _, c := range []struct{ name, host, path string }{
		{"script in the path", "a.example", "/%3Cscript%3Ealert(1)%3C/script%3E"},
		{"raw script in the path", "a.example", "/<script>alert(1)</script>"},
		{"quotes and entities", "a.example", `/"onload="x&lt;`},
		{"script as host", "<script>alert(1)</script>", "/"},
		{"quotes as host", `a"onload="x`, "/"},
		{"encoded line breaks", "a.example", "/%0d%0aSet-Cookie:%20evil=1"},
		{"right-to-left override", "a.example", "/%E2%80%AEevil"},
		{"a long path", "a.example", "/" + strings.Repeat("a", 20_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := raw(t, gateway.URL, "GET "+c.path+" HTTP/1.1\r\nHost: "+c.host+"\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
			head, body, _ := strings.Cut(got, "\r\n\r\n")
			body = ownScript.ReplaceAllString(body, "")
			for _, evil := range []string{"<script", `"onload`, "evil=1", "\u202e"} {
				if strings.Contains(strings.ToLower(body), evil) && evil != "evil=1" || strings.Contains(head, evil) {
					t.Errorf("%q gets through", evil)
				}
			}
			if len(got) > 30_000 {
				t.Errorf("%d bytes: the address is not shortened", len(got))
			}
		})
	}
}

// FuzzRequests: whatever a client sends, it gets a whole answer of ours.
func FuzzRequests(f *testing.F) {
	f.Add("/", "a.example", "text/html", "de", "navigate")
	f.Add("/%zz?fiveohtwo-lang=ar", "", "*/*;q=\x00", "en;q=1.5", "cors")
	mw := newMiddleware(f, middleware.Config{Brand: shop()})
	p := proxyTo(f, deadUpstream)
	p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed })
	handler := mw.Proxy(p)
	f.Fuzz(func(t *testing.T, path, host, accept, language, mode string) {
		r, err := http.NewRequest(http.MethodGet, "http://x/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path, r.Host = path, host
		r.Header = http.Header{"Accept": {accept}, "Accept-Language": {language}, "Sec-Fetch-Mode": {mode}}
		w := &memory{header: http.Header{}}
		handler.ServeHTTP(w, r)
		if !slices.Contains([]int{200, 404, 405, 502}, w.status) || w.status == 502 && w.body.Len() == 0 {
			t.Errorf("status %d, %d bytes", w.status, w.body.Len())
		}
		for name, values := range w.header {
			for _, v := range values {
				if strings.ContainsAny(v, "\r\n\x00") {
					t.Errorf("%s: %q", name, v)
				}
			}
		}
	})
}

// memory is a ResponseWriter for fuzzing and benchmarks, where a server costs too much.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) Write(p []byte) (int, error) { return m.body.Write(p) }
func (m *memory) WriteHeader(status int)      { m.status = status }
