package diagnosis

import "time"

// An Error carries what only the host program knows, such as an open circuit breaker:
//
//	return nil, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, RetryAfter: 30 * time.Second, Err: err}
//
// Returned from a RoundTripper, a dialler or ModifyResponse it decides the diagnosis.
// It works for all 32 types. The zero value is an internal error of the gateway.
type Error struct {
	Type       Type          // default, also for a type that is not registered: ProxyInternalError, or HTTPRequestError where Status is 4xx
	Status     int           // from 400 to 599; default: the type's recommended status
	RetryAfter time.Duration // when to come back, at most 24 hours, or 31 days where it is Planned; default: not known
	NotSent    bool          // the program knows that nothing was sent to the upstream
	Planned    bool          // the site was switched off on purpose, for work on it
	FailFast   bool          // nobody tried: the answer to an earlier request is repeated
	Hint       string        // for the operator's log; default: none
	Err        error         // the cause, for the operator's log; default: none
}

// Error returns the type and the cause.
func (e *Error) Error() string {
	text := string(e.Type)
	if text == "" {
		text = string(ProxyInternalError)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
