package diagnosis_test

import (
	"math"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func TestSafe(t *testing.T) {
	for method, want := range map[string]bool{
		"": true, "GET": true, "HEAD": true, "OPTIONS": true, "TRACE": true,
		"POST": false, "PUT": false, "PATCH": false, "DELETE": false, "CONNECT": false,
		"get": false, "PROPFIND": false, "QUERY": false, "GET ": false, "<script>": false,
	} {
		if got := diagnosis.Safe(method); got != want {
			t.Errorf("Safe(%q) = %v, want %v", method, got, want)
		}
	}
}

// TestFor: who may repeat a request, and when.
func TestFor(t *testing.T) {
	retryable := func(o diagnosis.Outcome, wait time.Duration) diagnosis.Diagnosis {
		return diagnosis.Diagnosis{Status: 502, Party: diagnosis.Site, Outcome: o, Retryable: true, RetryAfter: wait}
	}
	planned := retryable(diagnosis.NotSent, 0)
	planned.Planned = true
	longPlanned := planned
	longPlanned.RetryAfter = 72 * time.Hour
	hopeless := retryable(diagnosis.NotSent, time.Minute)
	hopeless.Retryable = false
	for _, tt := range []struct {
		name, method string
		d            diagnosis.Diagnosis
		retryable    bool
		wait         time.Duration
	}{
		{"a page may be asked for again, whatever became of the request", "GET", retryable(diagnosis.OutcomeUnknown, 0), true, diagnosis.FirstWait},
		{"no method is GET", "", retryable(diagnosis.Answered, 0), true, diagnosis.FirstWait},
		{"an order that was not sent may be sent again", "POST", retryable(diagnosis.NotSent, 0), true, diagnosis.FirstWait},
		{"an order that may have arrived may not", "POST", retryable(diagnosis.OutcomeUnknown, 0), false, 0},
		{"nor one that was answered", "PATCH", retryable(diagnosis.Answered, 0), false, 0},
		{"nor what would do the same twice", "DELETE", retryable(diagnosis.OutcomeUnknown, 0), false, 0},
		{"nor with a method that nobody knows", "CHARGE", retryable(diagnosis.OutcomeUnknown, 0), false, 0},
		{"who knows when is believed", "GET", retryable(diagnosis.OutcomeUnknown, time.Minute), true, time.Minute},
		{"no time is before now", "GET", retryable(diagnosis.OutcomeUnknown, math.MinInt64), true, diagnosis.FirstWait},
		{"nor after tomorrow", "GET", retryable(diagnosis.OutcomeUnknown, math.MaxInt64), true, 24 * time.Hour},
		{"of planned work nobody guesses the end", "GET", planned, true, 0},
		{"but one that is known may be days away", "GET", longPlanned, true, 72 * time.Hour},
		{"where waiting does not help nobody is told to", "GET", hopeless, false, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.d.For(tt.method)
			if got.Retryable != tt.retryable || got.RetryAfter != tt.wait {
				t.Errorf("retryable %v after %v, want %v after %v", got.Retryable, got.RetryAfter, tt.retryable, tt.wait)
			}
			if again := got.For(tt.method); again != got {
				t.Errorf("asked twice, it says %+v", again)
			}
		})
	}
}

// TestErrorSaysWhenInReason: a sum of the host program's that overflowed is no time.
func TestErrorSaysWhenInReason(t *testing.T) {
	for said, want := range map[time.Duration]time.Duration{
		-time.Second: 0, math.MinInt64: 0, 0: 0, time.Minute: time.Minute, 24 * time.Hour: 24 * time.Hour,
		25 * time.Hour: 24 * time.Hour, math.MaxInt64: 24 * time.Hour,
	} {
		d := diagnosis.Of(&diagnosis.Error{Type: diagnosis.ProxyConfigurationError, RetryAfter: said}, diagnosis.Facts{})
		if d.RetryAfter != want || d.Retryable != (want > 0) {
			t.Errorf("%v becomes %v, retryable %v", said, d.RetryAfter, d.Retryable)
		}
	}
}
