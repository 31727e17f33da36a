package adapters

import (
	"cmp"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// CountFailures registers a counter and returns a function for Config.OnFailure that
// counts there. The labels hold only words of fixed lists: a host or a path would let
// visitors make up time series.
func CountFailures(registry prometheus.Registerer) (func(*http.Request, *middleware.Incident), error) {
	failures := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gateway_failures_total",
		Help: "Failed exchanges, by error type (RFC 9209), phase and the party that must act.",
	}, []string{"error", "phase", "party"})
	if err := registry.Register(failures); err != nil {
		return nil, err
	}
	return func(_ *http.Request, i *middleware.Incident) {
		name := string(i.Type)
		if i.Gone() {
			name = "visitor_left"
		}
		name = cmp.Or(name, "upstream_status") // the upstream answered, with an error of its own
		failures.WithLabelValues(name, string(i.Phase), string(i.Party)).Inc()
	}, nil
}
