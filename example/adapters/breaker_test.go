package adapters

import (
	"net/http"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func TestBreaker(t *testing.T) {
	incidents := make(chan *middleware.Incident, 8)
	mw := newMiddleware(t, middleware.Config{OnFailure: func(_ *http.Request, i *middleware.Incident) { incidents <- i }})
	proxy := proxyTo(t, parse(t, deadUpstream))
	proxy.Transport = NewBreaker(proxy.Transport, 30*time.Second)
	f := front{address: serve(t, mw.Proxy(proxy)).URL}

	steps := []struct {
		name       string
		status     int
		retryAfter string
		error      diagnosis.Type
		outcome    diagnosis.Outcome
	}{
		{"the first failure is told as it is", 502, "6", diagnosis.ConnectionRefused, diagnosis.NotSent},
		{"the second too", 502, "6", diagnosis.ConnectionRefused, diagnosis.NotSent},
		{"the third opens the breaker", 502, "6", diagnosis.ConnectionRefused, diagnosis.NotSent},
		// The breaker fires no httptrace events: that nothing was sent is its own word.
		{"the open breaker says when to come back", 503, "30", diagnosis.DestinationUnavailable, diagnosis.NotSent},
	}
	for _, want := range steps { // in order: each changes the breaker
		t.Run(want.name, func(t *testing.T) {
			got := f.get(t, "/cart", browser)
			if got.status != want.status || got.header.Get("Retry-After") != want.retryAfter || !isOurPage(got) {
				t.Errorf("got %d %v, want %d, Retry-After %q", got.status, got.header, want.status, want.retryAfter)
			}
			if i := <-incidents; i.Type != want.error || i.Outcome != want.outcome {
				t.Errorf("got %s %s, want %s %s", i.Type, i.Outcome, want.error, want.outcome)
			}
		})
	}
}
