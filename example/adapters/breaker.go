package adapters

import (
	"context"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Breaker asks an upstream no more once it has failed several times in a row, and says
// so with the time when it will try again. Make it the Transport of a ReverseProxy.
type Breaker struct {
	base    http.RoundTripper
	circuit *gobreaker.TwoStepCircuitBreaker[*http.Response]
	wait    time.Duration
}

// NewBreaker returns a Breaker around base that opens after three failures, for wait.
func NewBreaker(base http.RoundTripper, wait time.Duration) *Breaker {
	return &Breaker{base: base, wait: wait, circuit: gobreaker.NewTwoStepCircuitBreaker[*http.Response](gobreaker.Settings{
		Timeout:     wait,
		ReadyToTrip: func(seen gobreaker.Counts) bool { return seen.ConsecutiveFailures >= 3 },
	})}
}

// RoundTrip implements [http.RoundTripper].
func (b *Breaker) RoundTrip(req *http.Request) (*http.Response, error) {
	done, err := b.circuit.Allow()
	if err != nil {
		return nil, &diagnosis.Error{
			Type:       diagnosis.DestinationUnavailable,
			RetryAfter: b.wait,
			NotSent:    true,
			Hint:       "the circuit breaker is open: look at the failures before it",
			Err:        err,
		}
	}
	res, err := b.base.RoundTrip(req)
	left := context.Cause(req.Context()) == context.Canceled // a time limit has a cause of its own
	done(err == nil || left)                                 // a visitor who leaves is not the upstream's fault
	return res, err
}
