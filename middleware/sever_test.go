package middleware_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"crypto/tls"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A wrappedListener hands out connections as proxies of theirs do.
type wrappedListener struct{ net.Listener }

type wrappedConn struct{ net.Conn }

func (l wrappedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return wrappedConn{conn}, nil
}

// TestABreakIsSeenByHTTP10: a body of unknown length ends for a client of HTTP/1.0 with the
// connection. One that broke must not end as one that is whole.
func TestABreakIsSeenByHTTP10(t *testing.T) {
	half := func(w http.ResponseWriter) {
		_, _ = io.WriteString(w, strings.Repeat("a;b;c\n", 800))
		_ = http.NewResponseController(w).Flush()
	}
	broken := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		half(w)
		panic(http.ErrAbortHandler)
	}))
	whole := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { half(w) }))
	plain := func(mw *middleware.Middleware) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			half(w)
			mw.ErrorHandler(w, r, errors.New("the upstream broke off"))
		})
	}
	for _, c := range []struct {
		name    string
		handler func(*middleware.Middleware) http.Handler
		listen  func(net.Listener) net.Listener
		tls     bool
		whole   bool
	}{
		{name: "whole", whole: true, handler: func(mw *middleware.Middleware) http.Handler { return mw.Proxy(proxyTo(t, whole.URL)) }},
		{name: "the upstream's body breaks", handler: func(mw *middleware.Middleware) http.Handler { return mw.Proxy(proxyTo(t, broken.URL)) }},
		{name: "the upstream's body breaks, over TLS", tls: true, handler: func(mw *middleware.Middleware) http.Handler { return mw.Proxy(proxyTo(t, broken.URL)) }},
		{name: "the upstream's body breaks, the listener wraps connections", listen: func(l net.Listener) net.Listener { return wrappedListener{l} },
			handler: func(mw *middleware.Middleware) http.Handler { return mw.Proxy(proxyTo(t, broken.URL)) }},
		{name: "the upstream's body breaks, an access log is outside", handler: func(mw *middleware.Middleware) http.Handler {
			return mw.AccessLog(io.Discard, mw.Proxy(proxyTo(t, broken.URL)))
		}},
		{name: "a handler in between swallows the abort", handler: func(mw *middleware.Middleware) http.Handler {
			return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() { _ = recover() }()
				mw.Proxy(proxyTo(t, broken.URL)).ServeHTTP(w, r)
			}))
		}},
		{name: "a handler panics", handler: func(mw *middleware.Middleware) http.Handler {
			return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				half(w)
				panic("a fault")
			}))
		}},
		{name: "a handler panics, and Recover sees it", handler: func(mw *middleware.Middleware) http.Handler {
			return mw.Recover(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				half(w)
				panic("a fault")
			}))
		}},
		{name: "ErrorHandler in Wrap after the response began", handler: func(mw *middleware.Middleware) http.Handler { return mw.Wrap(plain(mw)) }},
		{name: "ErrorHandler alone after the response began", handler: plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewUnstartedServer(c.handler(newMiddleware(t, middleware.Config{})))
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			if c.listen != nil {
				s.Listener = c.listen(s.Listener)
			}
			if c.tls {
				s.StartTLS()
			} else {
				s.Start()
			}
			defer s.Close()
			var conn net.Conn
			var err error
			if address := s.Listener.Addr().String(); c.tls {
				conn, err = tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
			} else {
				conn, err = net.Dial("tcp", address)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			_, _ = io.WriteString(conn, "GET / HTTP/1.0\r\nHost: shop.example\r\n\r\n")
			got, err := io.ReadAll(conn)
			if c.whole && (err != nil || !bytes.Contains(got, []byte("a;b;c"))) || !c.whole && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%d bytes, then %v", len(got), err)
			}
		})
	}
}

// TestLengths has programs change a body and not its Content-Length.
func TestLengths(t *testing.T) {
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1500))
		if r.URL.Path == "/long" {
			_, _ = io.WriteString(w, strings.Repeat("x", 98_500))
		}
	}))
	modify := func(change func([]byte) []byte) func(*middleware.Middleware) http.Handler {
		return func(mw *middleware.Middleware) http.Handler {
			p := proxyTo(t, upstream.URL)
			p.ModifyResponse = func(res *http.Response) error {
				body, err := io.ReadAll(res.Body)
				res.Header.Set("Content-Length", fmt.Sprint(len(body)))
				res.ContentLength = int64(len(body))
				res.Body = io.NopCloser(bytes.NewReader(change(body)))
				return err
			}
			return mw.Proxy(p)
		}
	}
	plain := func(head, body int) func(*middleware.Middleware) http.Handler {
		return func(mw *middleware.Middleware) http.Handler {
			return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", fmt.Sprint(head))
				_, _ = w.Write(bytes.Repeat([]byte("x"), body))
			}))
		}
	}
	for _, c := range []struct {
		name, method, path string
		handler            func(*middleware.Middleware) http.Handler
		status             int // 0: the answer is cut, and no page
		sound              bool
	}{
		{name: "nothing is changed", handler: modify(func(b []byte) []byte { return b }), status: 200, sound: true},
		{name: "HEAD has no body", method: "HEAD", handler: modify(func(b []byte) []byte { return b }), status: 200, sound: true},
		{name: "longer", handler: modify(func(b []byte) []byte { return append(b, "<p>banner"...) }), status: 500},
		{name: "shorter", handler: modify(func(b []byte) []byte { return b[:700] }), status: 500},
		{name: "nothing is left", handler: modify(func([]byte) []byte { return nil }), status: 500},
		{name: "a long body becomes shorter", path: "/long", handler: modify(func(b []byte) []byte { return b[:90_000] })},
		{name: "a long body becomes longer", path: "/long", handler: modify(func(b []byte) []byte { return append(b, "<p>banner"...) })},
		{name: "a handler writes all", handler: plain(9, 9), status: 200, sound: true},
		{name: "a handler writes less", handler: plain(9000, 8000)},
		{name: "a handler writes more at once", handler: plain(8000, 9000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			onFailure, failures := incidents()
			gateway := serve(t, c.handler(newMiddleware(t, middleware.Config{OnFailure: onFailure})))
			method := c.method
			if method == "" {
				method = http.MethodGet
			}
			r := send(t, method, gateway.URL+c.path, "", "Accept: application/json")
			if isWhole := r.err == nil; isWhole != (c.status != 0) || isWhole && r.status != c.status {
				t.Errorf("status %d, %d bytes, %v", r.status, len(r.body), r.err)
			}
			if c.sound {
				select {
				case i := <-failures:
					t.Errorf("nothing was wrong, and an incident tells %+v", i)
				case <-time.After(50 * time.Millisecond):
				}
				return
			}
			if i := next(t, failures); i.Type != diagnosis.ProxyInternalError || !strings.Contains(i.Hint, "Content-Length") || i.Outcome == diagnosis.NotSent {
				t.Errorf("incident %+v", i.Diagnosis)
			}
		})
	}
}

// TestAStatusThatTheServerRefuses begins no response: whoever recovers the panic is heard.
func TestAStatusThatTheServerRefuses(t *testing.T) {
	for _, status := range []int{-1, 0, 99, 1000} {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		recoverer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					http.Error(w, "oops", http.StatusInternalServerError)
				}
			}()
			h.ServeHTTP(w, r)
		})
		mw := newMiddleware(t, middleware.Config{})
		for name, h := range map[string]http.Handler{"a recoverer": mw.Wrap(recoverer), "Recover": mw.Recover(h)} {
			if r := get(t, serve(t, h).URL); r.status != http.StatusInternalServerError || r.body == "" {
				t.Errorf("WriteHeader(%d) and %s: status %d, %q, %v", status, name, r.status, r.body, r.err)
			}
		}
	}
}

// TestWriteTimeout: the server's own limit must not make an empty reply of an answer.
func TestWriteTimeout(t *testing.T) {
	silent := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	for _, c := range []struct {
		name  string
		http2 bool
		limit time.Duration // of the middleware

	}{
		{name: "HTTP/1, an answer after the limit", limit: time.Second},
		{name: "HTTP/2, an answer before the limit", http2: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewUnstartedServer(newMiddleware(t, middleware.Config{ResponseTimeout: c.limit}).Proxy(proxyTo(t, silent.URL)))
			s.Config.WriteTimeout = 700 * time.Millisecond
			s.EnableHTTP2 = c.http2
			s.StartTLS()
			defer s.Close()
			client := s.Client()
			client.Timeout = 5 * time.Second
			res, err := client.Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if res.StatusCode != http.StatusGatewayTimeout || err != nil || len(body) == 0 || (res.ProtoMajor == 2) != c.http2 {
				t.Errorf("%s %d, %d bytes, %v", res.Proto, res.StatusCode, len(body), err)
			}
		})
	}
}
