package middleware_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
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

// TestTheChain runs the documented order (access log, Wrap, Recover, handler) and holds
// the answer and the line of the log against what happened.
func TestTheChain(t *testing.T) {
	t.Parallel()
	cut := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000")
		io.WriteString(w, strings.Repeat("x", 50_000))
	}))
	up := serve(t, workingUpstream())
	for _, c := range []struct {
		name   string
		next   http.Handler
		path   string
		status int
		body   string
		cut    bool
		line   string // how the line ends, from the status on, without agent and duration
	}{
		{"ok", proxyTo(t, up.URL), "/hello", 200, "hello", false, `" 200 5 "-" "-" - - -`},
		{"early hints, then ok", proxyTo(t, up.URL), "/hints", 200, "ok", false, `" 200 2 "-" "-" - - -`},
		{"upstream dead", proxyTo(t, deadUpstream), "/", 502, page, false, `" 502 LEN "-" "-" connection_refused connect REF`},
		{"body cut off", proxyTo(t, cut.URL), "/", 200, "xxx", true, `" 200 50000 "-" "-" http_response_incomplete receive REF`},
		{"panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") }), "/", 500, page, false, `" 500 LEN "-" "-" proxy_internal_error - REF`},
		{"panic after the start", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			panic("oops")
		}), "/", 200, "begun", true, `" 200 5 "-" "-" proxy_internal_error - REF`},
		{"abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "/", 0, "", true, `" 500 0 "-" "-" - - -`},
		{"ReadFrom", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, strings.NewReader("copied")) }), "/", 200, "copied", false, `" 200 6 "-" "-" - - -`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			report, reported := incidents()
			mw := newMiddleware(t, middleware.Config{OnFailure: report})
			next := c.next
			if p, ok := next.(*httputil.ReverseProxy); ok {
				next = mw.Proxy(p)
			}
			s := serve(t, mw.AccessLog(&log, mw.Wrap(mw.Recover(next))))
			got := get(t, s.URL+c.path, "Accept: text/html", "User-Agent: ")
			if got.status != c.status || !strings.HasPrefix(got.body, c.body) || (got.err != nil) != c.cut {
				t.Errorf("status %d, body %.40q, error %v", got.status, got.body, got.err)
			}
			s.Close()
			line := log.buf.String()
			want := strings.ReplaceAll(c.line, "LEN", got.header.Get("Content-Length"))
			if strings.Contains(want, "REF") {
				want = strings.ReplaceAll(want, "REF", (<-reported).Reference)
			}
			if strings.Count(line, "\n") != 1 || !strings.Contains(line, want) {
				t.Errorf("line %q, want %q", line, want)
			}
			if len(reported) != 0 {
				t.Errorf("%d further incidents", len(reported))
			}
		})
	}
}

func TestRecoverNamesThePanicToTheOperatorOnly(t *testing.T) {
	t.Parallel()
	report, reported := incidents()
	mw := newMiddleware(t, middleware.Config{OnFailure: report})
	got := get(t, serve(t, mw.Recover(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") }))).URL, "Accept: text/html")
	i := <-reported
	if got.status != 500 || strings.Contains(got.body, "secret") || !strings.Contains(i.Err.Error(), "secret detail") || i.Type != diagnosis.ProxyInternalError {
		t.Errorf("status %d, incident %+v", got.status, i)
	}
}

func TestAccessLogLinesCannotBeForged(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	mw := newMiddleware(t, middleware.Config{})
	s := serve(t, mw.AccessLog(&log, mw.Wrap(text(200, "ok"))))
	raw(t, s.URL, "GET /\x22%0a HTTP/1.1\r\nHost: x\r\nUser-Agent: a\" 200 1 \"\\\xff\r\nConnection: close\r\n\r\n")
	s.Close()
	line := log.buf.String()
	if strings.Count(line, "\n") != 1 || strings.Contains(line, "\xff") || !strings.Contains(line, `"a\" 200 1 \"\\\xff"`) {
		t.Errorf("line %q", line)
	}
}
