package diagnosis

import (
	"net/http"
	"time"
)

// FirstWait is how long to wait before trying again where nobody knows better: a page looks
// for the first time after about as long.
const FirstWait = 6 * time.Second

// No wait is longer: nobody knows what will be then. Planned work has an end that is known.
const (
	maxWait    = 24 * time.Hour
	maxPlanned = 31 * 24 * time.Hour
)

// For returns the diagnosis for a request of that method, with a wait where one can help.
// What may have been carried out is not retryable unless the method is safe.
func (d Diagnosis) For(method string) Diagnosis {
	d.Retryable = d.Retryable && (d.Outcome == NotSent || Safe(method))
	d.RetryAfter = d.bounded(d.RetryAfter)
	if d.Retryable && d.RetryAfter == 0 && !d.Planned {
		d.RetryAfter = FirstWait
	}
	return d
}

func (d Diagnosis) bounded(wait time.Duration) time.Duration {
	if d.Planned {
		return max(0, min(wait, maxPlanned))
	}
	return max(0, min(wait, maxWait))
}

// Safe reports the methods that change nothing (RFC 9110 §9.2.1); an empty one means GET.
func Safe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}
