package middleware_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// recorded runs first into a recorder and, where that fails, second.
func recorded(first, second http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := httptest.NewRecorder()
		if first.ServeHTTP(kept, r); kept.Code >= 500 {
			second.ServeHTTP(w, r)
			return
		}
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
	})
}

// A swallower keeps a failed answer to itself, and shares its header with the writer.
type swallower struct {
	http.ResponseWriter
	failed bool
}

func (s *swallower) WriteHeader(status int) {
	if s.failed = status >= 500; !s.failed {
		s.ResponseWriter.WriteHeader(status)
	}
}

func (s *swallower) Write(p []byte) (int, error) {
	if s.failed {
		return len(p), nil
	}
	return s.ResponseWriter.Write(p)
}

// swallowed is recorded without a recorder.
func swallowed(first, second http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &swallower{ResponseWriter: w}
		if first.ServeHTTP(s, r); s.failed {
			second.ServeHTTP(w, r)
		}
	})
}

// TestSecondTry has handlers within Wrap that try something else when the proxy fails: what
// they answer is what the visitor gets, and the operator is told which machine failed.
func TestSecondTry(t *testing.T) {
	working := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-From", "second")
		_, _ = io.WriteString(w, "fine")
	}))
	stale := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Age", "60")
		_, _ = io.WriteString(w, "stale")
	})
	shut := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "no such copy")
	})
	empty := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	const otherDead = "http://127.0.0.9:10"
	for how, try := range map[string]func(first, second http.Handler) http.Handler{"recorded": recorded, "swallowed": swallowed} {
		for _, c := range []struct {
			name    string
			second  func(*middleware.Middleware) http.Handler
			around  func(http.Handler) http.Handler
			status  int
			body    string   // empty: a page of ours
			records []string // the upstreams that they name, in order
		}{
			{name: "a stale copy", second: func(*middleware.Middleware) http.Handler { return stale }, status: 200, body: "stale", records: []string{deadUpstream}},
			{name: "another upstream", second: func(mw *middleware.Middleware) http.Handler { return mw.Proxy(proxyTo(t, working.URL)) }, status: 200, body: "fine", records: []string{deadUpstream}},
			{name: "another upstream of a bare proxy", second: func(*middleware.Middleware) http.Handler { return proxyTo(t, working.URL) }, status: 200, body: "fine", records: []string{deadUpstream}},
			{name: "an answer with another status", second: func(*middleware.Middleware) http.Handler { return shut }, status: 404, body: "no such copy", records: []string{deadUpstream}},
			{name: "an empty 503", second: func(*middleware.Middleware) http.Handler { return empty }, status: 503, records: []string{deadUpstream}},
			{name: "another upstream that is dead too", second: func(mw *middleware.Middleware) http.Handler { return mw.Proxy(proxyTo(t, otherDead)) }, status: 502, records: []string{deadUpstream, otherDead}},
			{name: "a compressor around", around: handlers.CompressHandler, second: func(*middleware.Middleware) http.Handler { return stale }, status: 200, body: "stale", records: []string{deadUpstream}},
			{name: "a handler that keeps our answer to itself", second: func(*middleware.Middleware) http.Handler {
				return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
			}, status: 502, records: []string{deadUpstream}},
		} {
			t.Run(how+", "+c.name, func(t *testing.T) {
				t.Parallel()
				var log, access bytes.Buffer
				onFailure, failures := incidents()
				mw := newMiddleware(t, middleware.Config{OnFailure: onFailure, Logger: slog.New(slog.NewTextHandler(&log, nil))})
				h := try(mw.Proxy(proxyTo(t, deadUpstream)), c.second(mw))
				if c.around != nil {
					h = c.around(h)
				}
				gateway := serve(t, mw.AccessLog(&access, mw.Wrap(h)))
				r := get(t, gateway.URL, "Accept: text/html")
				if r.err != nil || r.status != c.status || c.body != "" && r.body != c.body || c.body == "" && !strings.Contains(r.body, "<!doctype html>") {
					t.Errorf("status %d, %.40q, %v", r.status, r.body, r.err)
				}
				if c.body != "" && (r.header.Get("Content-Security-Policy") != "" || r.header.Get("Content-Language") != "") {
					t.Errorf("fields of an answer that nobody got: %v", r.header)
				}
				gateway.Close()
				for _, upstream := range c.records {
					if i := next(t, failures); i.Upstream != upstream || i.Type != diagnosis.ConnectionRefused || i.Sent != c.status && upstream == c.records[len(c.records)-1] {
						t.Errorf("incident %+v, want one of %s, and status %d that the visitor got", i, upstream, c.status)
					}
				}
				if n := strings.Count(log.String(), "\n"); n != len(c.records) {
					t.Errorf("%d records, want %d:\n%s", n, len(c.records), log.String())
				}
				if line := access.String(); !strings.Contains(line, fmt.Sprintf(" %d ", c.status)) || !strings.Contains(line, "connection_refused connect") {
					t.Errorf("access log %s", line)
				}
			})
		}
	}
}

// TestSecondTryIsEvidence: an upstream that stood in has passed, the other has failed.
func TestSecondTryIsEvidence(t *testing.T) {
	working := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }))
	onFailure, failures := incidents()
	mw := newMiddleware(t, middleware.Config{OnFailure: onFailure})
	gateway := serve(t, mw.Wrap(recorded(mw.Proxy(proxyTo(t, deadUpstream)), mw.Proxy(proxyTo(t, working.URL)))))
	deadline := time.Now().Add(5 * time.Second)
	for range 6 {
		if r := get(t, gateway.URL); r.status != http.StatusOK || time.Now().After(deadline) {
			t.Fatalf("status %d", r.status)
		}
		if i := next(t, failures); i.Verdict.Scope == diagnosis.ScopeAll {
			t.Errorf("verdict %+v: one of two upstreams works", i.Verdict)
		}
	}
}
