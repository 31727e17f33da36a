package diagnosis_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestRelayed: of the errors that gateways on the way report the nearest counts.
func TestRelayed(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name        string
		status      int
		proxyStatus []string
		retryAfter  string
		kind        diagnosis.Type
		party       diagnosis.Party
		retryable   bool
		wait        time.Duration
	}{
		{"nothing is said", 502, nil, "", "", diagnosis.Site, true, 0},
		{"two errors", 502, []string{"far; error=dns_timeout, near; error=destination_unavailable"}, "", diagnosis.DestinationUnavailable, diagnosis.Site, true, 0},
		{"two errors in two lines", 502, []string{"far; error=dns_timeout", `near; error="connection_refused"`}, "", diagnosis.ConnectionRefused, diagnosis.Site, true, 0},
		{"an error, and a nearer gateway without one", 504, []string{"far; error=dns_timeout, near; received-status=504"}, "", diagnosis.DNSTimeout, diagnosis.Site, true, 0},
		{"an error that nobody registered", 502, []string{"far; error=dns_timeout, near; error=our_own"}, "", diagnosis.DNSTimeout, diagnosis.Site, true, 0},
		{"an error that is no text", 502, []string{"near; error=7, nearer; error, nearest; error=?0"}, "", "", diagnosis.Site, true, 0},
		{"a list within the list", 502, []string{"(a b); error=dns_error"}, "", "", diagnosis.Site, true, 0},
		{"no structured field", 502, []string{"near; error="}, "", "", diagnosis.Site, true, 0},
		{"an error that waiting does not help", 502, []string{"near; error=proxy_loop_detected"}, "", diagnosis.ProxyLoopDetected, diagnosis.Site, false, 0},
		{"the same, with a time to wait", 502, []string{"near; error=proxy_loop_detected"}, "60", diagnosis.ProxyLoopDetected, diagnosis.Site, true, time.Minute},
		{"a status of the visitor", 413, []string{"near; error=dns_error"}, "60", diagnosis.HTTPRequestError, diagnosis.Visitor, false, 0},
		{"a time to wait", 503, nil, " 30 ", "", diagnosis.Site, true, 30 * time.Second},
		{"a date", 503, nil, now.Add(time.Hour).Format(http.TimeFormat), "", diagnosis.Site, true, time.Hour},
		{"a date of the past", 503, nil, now.Add(-time.Hour).Format(http.TimeFormat), "", diagnosis.Site, true, 0},
		{"a year", 503, nil, "31536000", "", diagnosis.Site, true, 24 * time.Hour},
		{"more than a number holds", 503, nil, "99999999999999999999999", "", diagnosis.Site, true, 24 * time.Hour},
		{"less than nothing", 503, nil, "-5", "", diagnosis.Site, true, 0},
		{"a word", 503, nil, "soon", "", diagnosis.Site, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := http.Header{"Proxy-Status": c.proxyStatus, "Retry-After": {c.retryAfter}}
			d := diagnosis.Relayed(c.status, head, now)
			if d.Type != c.kind || d.Party != c.party || d.Retryable != c.retryable || d.RetryAfter != c.wait {
				t.Errorf("got %q of %s, retryable %t after %v; want %q of %s, %t after %v", d.Type, d.Party, d.Retryable, d.RetryAfter, c.kind, c.party, c.retryable, c.wait)
			}
			if d.Status != c.status || d.ReceivedStatus != c.status || d.Outcome != diagnosis.Answered || d.Phase != diagnosis.Receive || d.Hint == "" {
				t.Errorf("%+v", d)
			}
		})
	}
}
