package middleware_test

import (
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// pool is the BufferPool that a careful user of a bare ReverseProxy has.
type pool struct{ sync.Pool }

func (p *pool) Get() []byte {
	if b, ok := p.Pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 32<<10)
}
func (p *pool) Put(b []byte) { p.Pool.Put(&b) }

func benchmarkHandler(b *testing.B, h http.Handler) {
	r := httptest.NewRequest(http.MethodGet, "http://shop.example.com/cart", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Accept-Language", "de-AT,de;q=0.9,en;q=0.8")
	r = r.WithContext(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		w := &memory{header: http.Header{}}
		h.ServeHTTP(w, r)
	}
}

// BenchmarkSuccess is a small answer through a proxy, without a network.
func BenchmarkSuccess(b *testing.B) {
	answers := roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: 5,
			Header: http.Header{"Content-Type": {"text/plain"}, "Content-Length": {"5"}},
			Body:   io.NopCloser(strings.NewReader("hello")),
		}, nil
	})
	proxy := func() *httputil.ReverseProxy {
		p := proxyTo(b, deadUpstream)
		p.Transport = answers
		return p
	}
	mw := newMiddleware(b, middleware.Config{})
	b.Run("bare", func(b *testing.B) { benchmarkHandler(b, proxy()) })
	b.Run("bare with a BufferPool", func(b *testing.B) {
		p := proxy()
		p.BufferPool = new(pool)
		benchmarkHandler(b, p)
	})
	b.Run("ours", func(b *testing.B) { benchmarkHandler(b, mw.Proxy(proxy())) })
}

// BenchmarkWrap is Wrap alone around a handler that does nothing else.
func BenchmarkWrap(b *testing.B) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	mw := newMiddleware(b, middleware.Config{})
	b.Run("bare", func(b *testing.B) { benchmarkHandler(b, hello) })
	b.Run("wrapped", func(b *testing.B) { benchmarkHandler(b, mw.Wrap(hello)) })
}

// BenchmarkFailure is a failed exchange from the error on, by form.
func BenchmarkFailure(b *testing.B) {
	mw := newMiddleware(b, middleware.Config{Brand: shop()})
	refused := &diagnosis.Error{Type: diagnosis.ConnectionRefused, Err: errors.New("refused")}
	for _, c := range []struct{ name, accept string }{{"HTML", "text/html"}, {"JSON", "application/json"}, {"text", "*/*"}} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "http://shop.example.com/cart", nil)
			r.Header.Set("Accept", c.accept)
			b.ReportAllocs()
			for b.Loop() {
				mw.ErrorHandler(&memory{header: http.Header{}}, r, refused)
			}
		})
	}
}

// refusedDial is what a transport returns where nothing listens.
var refusedDial = &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 80}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

// BenchmarkFailingRequest is a whole request to an upstream that refuses, without a network,
// the log gated; and one whose ErrorHandler writes the same bytes without a thought.
func BenchmarkFailingRequest(b *testing.B) {
	failing := func() *httputil.ReverseProxy {
		p := proxyTo(b, deadUpstream)
		p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, refusedDial })
		return p
	}
	mw := newMiddleware(b, middleware.Config{Brand: shop(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	ours := mw.Proxy(failing())
	for _, c := range []struct{ name, accept, destination string }{
		{"HTML gzip", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "document"},
		{"HTML", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "document"},
		{"HTML without Fetch Metadata", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""},
		{"JSON", "application/json", "empty"}, {"text", "*/*", ""}, {"number", "image/*", "image"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://shop.example.com/cart", nil)
		r.Header.Set("Accept", c.accept)
		r.Header.Set("Accept-Language", "de-AT,de;q=0.9,en;q=0.8")
		if strings.HasSuffix(c.name, "gzip") {
			r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
		}
		if c.destination != "" {
			r.Header.Set("Sec-Fetch-Dest", c.destination)
		}
		r = r.WithContext(b.Context())
		serve := func(b *testing.B, h http.Handler) {
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&memory{header: http.Header{}}, r)
			}
		}
		b.Run(c.name+"/bare", func(b *testing.B) {
			answer := httptest.NewRecorder()
			ours.ServeHTTP(answer, r)
			p := failing()
			p.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
				maps.Copy(w.Header(), answer.Header())
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes())
			}
			serve(b, p)
		})
		b.Run(c.name+"/ours", func(b *testing.B) { serve(b, ours) })
	}
}

// BenchmarkErrorHandler is what follows upon an error: to the last Write, for a page that
// is compressed. "nothing" is the request around it, whose ErrorHandler does nothing.
func BenchmarkErrorHandler(b *testing.B) {
	mw := newMiddleware(b, middleware.Config{Brand: shop(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	for _, c := range []struct {
		name    string
		handler func(http.ResponseWriter, *http.Request, error)
	}{
		{"nothing", func(http.ResponseWriter, *http.Request, error) {}},
		{"page", mw.ErrorHandler},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took time.Duration
			var began, ended time.Time
			p := proxyTo(b, deadUpstream)
			p.Transport = mw.Transport(roundTrip(func(*http.Request) (*http.Response, error) { return nil, refusedDial }))
			p.ModifyResponse = mw.ModifyResponse
			p.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) {
				began = time.Now()
				c.handler(w, r, err)
				ended = time.Now()
			}
			h := mw.Wrap(p)
			r := httptest.NewRequest(http.MethodGet, "http://shop.example.com/cart", nil).WithContext(b.Context())
			r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
			r.Header.Set("Accept-Language", "de-AT,de;q=0.9,en;q=0.8")
			r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
			b.ReportAllocs()
			for b.Loop() {
				w := &nowhere{header: http.Header{}}
				h.ServeHTTP(w, r)
				if w.written.After(ended) {
					ended = w.written
				}
				took += ended.Sub(began)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns-in-it/op")
		})
	}
}

// nowhere takes a response and keeps nothing of it.
type nowhere struct {
	header  http.Header
	written time.Time
}

func (n *nowhere) Header() http.Header { return n.header }
func (n *nowhere) Write(p []byte) (int, error) {
	n.written = time.Now()
	return len(p), nil
}
func (n *nowhere) WriteHeader(int) {}
