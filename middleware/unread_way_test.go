package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestNoAnswerWaitsForAnUploadThatNobodyReads: whoever refuses the request, and whether or
// not a transport was asked.
func TestNoAnswerWaitsForAnUploadThatNobodyReads(t *testing.T) {
	t.Parallel()
	open := &diagnosis.Error{Type: diagnosis.DestinationUnavailable, NotSent: true}
	for name, start := range map[string]func(*testing.T, *middleware.Middleware) http.Handler{
		"fail-fast": func(t *testing.T, mw *middleware.Middleware) http.Handler {
			proxy := mw.Proxy(proxyTo(t, deadUpstream))
			gateway := serve(t, proxy)
			for range 3 {
				get(t, gateway.URL)
			}
			return proxy
		},
		"a RoundTripper": func(t *testing.T, mw *middleware.Middleware) http.Handler {
			return mw.Proxy(trippingProxy(t, func(*http.Request) error { return open }))
		},
		"a RoundTripper that closes the body": func(t *testing.T, mw *middleware.Middleware) http.Handler {
			return mw.Proxy(trippingProxy(t, func(r *http.Request) error { return errors.Join(r.Body.Close(), open) }))
		},
		"a RoundTripper around ours": func(_ *testing.T, mw *middleware.Middleware) http.Handler {
			return mw.Wrap(&httputil.ReverseProxy{
				Rewrite: func(*httputil.ProxyRequest) {}, ErrorHandler: mw.ErrorHandler, Transport: tripper(func(*http.Request) error { return open }),
			})
		},
		"a proxy with a body of its own": func(t *testing.T, mw *middleware.Middleware) http.Handler {
			p := proxyTo(t, deadUpstream)
			rewrite := p.Rewrite
			p.Rewrite = func(r *httputil.ProxyRequest) {
				rewrite(r)
				r.Out.Body, r.Out.ContentLength = io.NopCloser(strings.NewReader("other")), 5
			}
			return mw.Proxy(p)
		},
		"a handler with ErrorHandler": wrapped(func(mw *middleware.Middleware, w http.ResponseWriter, r *http.Request) { mw.ErrorHandler(w, r, open) }),
		"a handler with ErrorHandler alone": func(_ *testing.T, mw *middleware.Middleware) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mw.ErrorHandler(w, r, open) })
		},
		"a handler with an empty 502": wrapped(func(_ *middleware.Middleware, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }),
		"a handler that panics": func(_ *testing.T, mw *middleware.Middleware) http.Handler {
			return mw.Recover(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("on purpose") }))
		},
	} {
		for kind, request := range map[string]string{
			"of known length":   upload("Content-Length: 1000") + "x",
			"of unknown length": upload("Transfer-Encoding: chunked") + "1\r\nx\r\n",
			"that is announced": upload("Content-Length: 1000", "Expect: 100-continue"),
		} {
			t.Run(name+", an upload "+kind, func(t *testing.T) {
				t.Parallel()
				mw := newMiddleware(t, middleware.Config{FailFast: time.Minute})
				l := dialLine(t, serve(t, start(t, mw)).URL)
				began := time.Now()
				l.send(request)
				got := l.receive()
				if got.status < 500 || !strings.HasPrefix(got.body, page) || got.header.Get("Connection") != "close" || time.Since(began) > patience/2 {
					t.Errorf("status %d, Connection %q, body %.40q after %v", got.status, got.header.Get("Connection"), got.body, time.Since(began))
				}
			})
		}
	}
}

type tripper func(*http.Request) error

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return nil, f(r) }

// TestAHandlerThatReadTheBodyKeepsTheConnection: however it read it.
func TestAHandlerThatReadTheBodyKeepsTheConnection(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*http.Request){
		"to its end":       func(r *http.Request) { io.Copy(io.Discard, r.Body) },
		"to the last byte": func(r *http.Request) { io.ReadFull(r.Body, make([]byte, 7)) },
		"as a form":        func(r *http.Request) { r.ParseForm() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mw := newMiddleware(t, middleware.Config{})
			l := dialLine(t, serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				read(r)
				mw.ErrorHandler(w, r, errors.New("its own client failed"))
			}))).URL)
			for range 2 {
				l.send(upload("Content-Length: 7", "Content-Type: application/x-www-form-urlencoded") + "order=1")
				if got := l.receive(); got.status != 502 && got.status != 500 || got.header.Get("Connection") != "" {
					t.Errorf("status %d, Connection %q", got.status, got.header.Get("Connection"))
				}
			}
		})
	}
}
