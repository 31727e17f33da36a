package adapters

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

func TestPrometheusCountsFailures(t *testing.T) {
	registry := prometheus.NewRegistry()
	count, err := CountFailures(registry)
	if err != nil {
		t.Fatal(err)
	}
	working := serve(t, shop(nil))
	for _, upstream := range []string{deadUpstream, deadUpstream, working.URL} {
		mw := newMiddleware(t, middleware.Config{OnFailure: count})
		gateway := serve(t, mw.Proxy(proxyTo(t, parse(t, upstream))))
		front{address: gateway.URL}.get(t, "/cart", browser)
		gateway.Close() // waits until the failure was counted
	}
	metrics := serve(t, promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	got := front{address: metrics.URL}.get(t, "/metrics", "text/plain")
	want := `gateway_failures_total{error="connection_refused",party="site",phase="connect"} 2`
	if !strings.Contains(got.body, want) || strings.Count(got.body, "gateway_failures_total{") != 1 {
		t.Errorf("got:\n%s\nwant only %s", got.body, want)
	}
}
