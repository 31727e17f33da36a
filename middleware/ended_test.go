package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A signal calls itself a cancellation, as the cause of os/signal.NotifyContext does.
type signal struct{}

func (signal) Error() string        { return "terminated signal received" }
func (signal) Is(target error) bool { return target == context.Canceled }

// An uncomparable cause must not cost the answer.
type uncomparable []string

func (u uncomparable) Error() string { return strings.Join(u, " ") }

// silentUpstream takes requests and never answers.
func silentUpstream(t *testing.T) *httptest.Server {
	return serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else net/http does not see that the gateway left
		<-r.Context().Done()
	}))
}

// TestEndedContexts has the context of a request end while the upstream works: the visitor is
// there, and waits for an answer.
func TestEndedContexts(t *testing.T) {
	inner := func(end func(context.Context) context.Context) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(end(r.Context())))
			})
		}
	}
	const soon = 50 * time.Millisecond
	cancelled := func(cause error) func(context.Context) context.Context {
		return func(ctx context.Context) context.Context {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(soon, func() { cancel(cause) })
			return ctx
		}
	}
	limited := func(cause error) func(context.Context) context.Context {
		return func(ctx context.Context) context.Context {
			ctx, cancel := context.WithTimeoutCause(ctx, soon, cause)
			t.Cleanup(cancel)
			return ctx
		}
	}
	base := func(end func(context.Context) context.Context) func(*http.Server) {
		return func(s *http.Server) {
			s.BaseContext = func(net.Listener) context.Context { return end(context.Background()) }
		}
	}
	for _, c := range []struct {
		name    string
		inside  func(http.Handler) http.Handler // between Wrap and proxy
		outside func(http.Handler) http.Handler // around Wrap
		server  func(*http.Server)
		status  int
		hint    string // of the record; empty: it says that the visitor left, at level DEBUG
	}{
		{name: "a handler inside cancels", inside: inner(cancelled(nil)), status: 503, hint: "a handler of the gateway ended"},
		{name: "a handler inside cancels with a cause", inside: inner(cancelled(errors.New("drained"))), status: 503, hint: "a handler of the gateway ended"},
		{name: "a handler inside cancels with a cause that cannot be compared", inside: inner(cancelled(uncomparable{"drained"})), status: 503, hint: "a handler of the gateway ended"},
		{name: "a handler inside cancels with words of its own", inside: inner(cancelled(&diagnosis.Error{Type: diagnosis.DestinationUnavailable, Hint: "the breaker opened"})), status: 503, hint: "the breaker opened"},
		{name: "a handler inside has a limit", inside: inner(limited(nil)), status: 504, hint: "did not answer in time"},
		{name: "a handler inside has a limit with a cause", inside: inner(limited(errors.New("route limit"))), status: 504, hint: "did not answer in time"},
		{name: "a handler outside has a limit", outside: inner(limited(nil)), status: 504, hint: "did not answer in time"},
		{name: "a handler outside cancels", outside: inner(cancelled(nil)), status: 503, hint: "a handler of the gateway ended"},
		{name: "a handler outside cancels with a cause", outside: inner(cancelled(errors.New("drained"))), status: 503, hint: "a handler of the gateway ended"},
		{name: "the server's base context is cancelled", server: base(cancelled(nil)), status: 503, hint: "shutting down"},
		{name: "the server's base context ends by a signal", server: base(cancelled(signal{})), status: 503, hint: "shutting down"},
		{name: "a read deadline of a handler outside passes", outside: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(soon))
				next.ServeHTTP(w, r)
			})
		}, status: 504},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			silent := silentUpstream(t)
			var log bytes.Buffer
			mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			h := mw.Proxy(proxyTo(t, silent.URL))
			if c.inside != nil {
				h = mw.Wrap(c.inside(h))
			}
			if c.outside != nil {
				h = c.outside(h)
			}
			gateway := httptest.NewUnstartedServer(h)
			if c.server != nil {
				c.server(gateway.Config)
			}
			gateway.Start()
			r := get(t, gateway.URL, "Accept: application/json")
			gateway.Close()
			if r.err != nil || r.status != c.status || r.body == "" {
				t.Errorf("status %d, %d bytes, %v, want status %d and an answer", r.status, len(r.body), r.err, c.status)
			}
			level, words := "level=ERROR", c.hint
			if c.hint == "" {
				level, words = "level=DEBUG", "visitor left"
			}
			if record := log.String(); !strings.Contains(record, level) || !strings.Contains(record, words) || strings.Count(record, "\n") != 1 {
				t.Errorf("record %s, want one with %s and %q", record, level, words)
			}
		})
	}
}

// TestHalfClosed has a client close its half of the connection after the request, and wait.
func TestHalfClosed(t *testing.T) {
	silent := silentUpstream(t)
	for name, request := range map[string]string{
		"HTTP/1.0":             "GET / HTTP/1.0\r\nHost: shop.example\r\n\r\n",
		"HTTP/1.1":             "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n",
		"a form":               "POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
		"half a form":          "POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 9\r\n\r\nx",
		"a chunk of an upload": "POST / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFailure, failures := incidents()
			gateway := serve(t, newMiddleware(t, middleware.Config{OnFailure: onFailure}).Proxy(proxyTo(t, silent.URL)))
			conn, err := net.Dial("tcp", strings.TrimPrefix(gateway.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, request)
			time.Sleep(20 * time.Millisecond) // the request is on its way to the upstream
			_ = conn.(*net.TCPConn).CloseWrite()
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			answer, err := io.ReadAll(conn)
			want := "504 "
			if strings.Contains(name, "half") || strings.Contains(name, "chunk") {
				want = "400 "
			}
			if status := string(answer)[min(len(answer), len("HTTP/1.1 ")):]; err != nil || !strings.HasPrefix(status, want) {
				t.Errorf("answer %.80q, %v, want status %s", answer, err, want)
			}
			if i := next(t, failures); !i.Gone() || i.Verdict.Scope == diagnosis.ScopeOthers {
				t.Errorf("incident %+v, want one that says that the visitor left", i)
			}
		})
	}
}

// TestAVisitorWhoSeemsToHaveLeftIsNoEvidence: others are not told of upstreams that fail.
func TestAVisitorWhoSeemsToHaveLeftIsNoEvidence(t *testing.T) {
	silent := silentUpstream(t)
	onFailure, failures := incidents()
	gateway := serve(t, newMiddleware(t, middleware.Config{OnFailure: onFailure}).Proxy(proxyTo(t, silent.URL)))
	for range 12 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(gateway.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")
		_ = conn.(*net.TCPConn).CloseWrite()
		if i := next(t, failures); i.Verdict.Scope != diagnosis.ScopeUnknown || !i.Verdict.Since.IsZero() {
			t.Errorf("verdict %+v, want none of others", i.Verdict)
		}
		conn.Close()
	}
}
