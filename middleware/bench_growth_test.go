package middleware_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"runtime"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// BenchmarkGrowth is what a page costs, and what is kept in memory, when there is more of
// everything: failing requests to all upstreams, languages and brands in turn.
func BenchmarkGrowth(b *testing.B) {
	for _, c := range []struct{ upstreams, languages, brands int }{
		{1, 1, 1}, {1000, 1, 1}, {1, 47, 1}, {1, 1, 100}, {100, 5, 10}, {1000, 47, 100},
	} {
		b.Run(fmt.Sprintf("upstreams=%d/languages=%d/brands=%d", c.upstreams, c.languages, c.brands), func(b *testing.B) {
			g := newGrown(b, c.upstreams, c.languages, c.brands)
			for range 4 * max(c.upstreams, c.languages*c.brands) {
				g.serve() // what can be prepared is
			}
			b.ReportAllocs()
			for b.Loop() {
				g.serve()
			}
			b.StopTimer()
			b.ReportMetric(float64(live()-g.before)/1024, "KB-kept")
			runtime.KeepAlive(g)
		})
	}
}

// live is the heap in use.
func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // empties pools
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A grown is a gateway with many of everything.
type grown struct {
	handler          http.Handler
	requests         []*http.Request
	upstreams        int
	served, upstream int
	before           int64 // live, without the gateway
}

func newGrown(b *testing.B, upstreams, languages, brands int) *grown {
	b.Helper()
	config := middleware.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Brands: map[string]pages.Brand{}}
	for i := range brands {
		config.Brands[fmt.Sprintf("shop%d.example", i)] = pages.Brand{Site: fmt.Sprintf("Shop %d", i), Accent: fmt.Sprintf("#3344%02x", i)}
	}
	catalogue, err := i18n.New(i18n.Config{})
	if err != nil {
		b.Fatal(err)
	}
	g := &grown{upstreams: upstreams}
	for i := range brands {
		for _, l := range catalogue.Languages()[:languages] {
			r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("http://shop%d.example/cart", i), nil)
			r.Header.Set("Accept", "text/html")
			r.Header.Set("Accept-Encoding", "gzip")
			r.Header.Set("Accept-Language", l.Tag)
			g.requests = append(g.requests, r)
		}
	}
	hosts := make([]string, upstreams)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("10.0.%d.%d:80", i/256, i%256)
	}
	g.before = live()
	g.handler = newMiddleware(b, config).Proxy(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", hosts[g.upstream]
		},
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, refusedDial }),
	})
	return g
}

func (g *grown) serve() {
	g.served++
	g.upstream = g.served % g.upstreams
	r := g.requests[g.served%len(g.requests)]
	g.handler.ServeHTTP(&memory{header: http.Header{}}, r.WithContext(context.Background()))
}
