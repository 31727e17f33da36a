package middleware_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// BenchmarkBody is an answer of a megabyte through gateways over loopback, in turns: the
// median of each. Bare is there twice; what differs between the two is chance.
func BenchmarkBody(b *testing.B) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	b.Cleanup(upstream.Close)
	proxy := func() *httputil.ReverseProxy {
		p := proxyTo(b, upstream.URL)
		p.BufferPool = new(pool)
		return p
	}
	type gateway struct {
		name   string
		server *httptest.Server
		took   []time.Duration
	}
	gateways := []*gateway{
		{name: "bare", server: httptest.NewServer(proxy())},
		{name: "ours", server: httptest.NewServer(newMiddleware(b, middleware.Config{}).Proxy(proxy()))},
		{name: "bare-again", server: httptest.NewServer(proxy())},
	}
	turn := 0
	for b.Loop() {
		turn++
		for i := range gateways {
			g := gateways[(turn+i)%len(gateways)]
			began := time.Now()
			res, err := g.server.Client().Get(g.server.URL)
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, res.Body); err != nil || n != int64(len(body)) {
				b.Fatalf("%d bytes, %v", n, err)
			}
			_ = res.Body.Close()
			g.took = append(g.took, time.Since(began))
		}
	}
	b.StopTimer()
	for _, g := range gateways {
		g.server.Close()
		slices.Sort(g.took)
		b.ReportMetric(float64(g.took[len(g.took)/2].Microseconds()), g.name+"-µs")
	}
	b.ReportMetric(0, "ns/op") // of all three: says nothing
}
