package diagnosis

import (
	"context"
	"errors"
	"reflect"
)

// A Step is how far an attempt was seen to come. Steps are ordered.
type Step uint8

// The steps, in order, with the httptrace event that marks each.
const (
	StepNone      Step = iota // no event: the transport fires none, or was not called
	StepPool                  // GetConn: waiting for a connection
	StepLookup                // DNSStart
	StepDial                  // ConnectStart
	StepConnected             // ConnectDone without error; what follows may be a forward proxy's CONNECT
	StepTLS                   // TLSHandshakeStart
	StepConn                  // GotConn: a connection is ready
	StepHeaders               // WroteHeaders: sending the body
	StepSent                  // WroteRequest without error: waiting for the answer
	StepHead                  // GotFirstResponseByte
	StepResponse              // the transport returned a response
)

// Facts are what was seen of one exchange. The zero value means that nothing was seen;
// [Of] then makes the best of the error alone, and proves nothing about the outcome.
type Facts struct {
	Called   bool // the transport was called
	NotTried bool // before a connection was asked for: by our own code, or by a transport that always asks for one first
	Step     Step // of the last attempt
	GotConn  bool // in any attempt
	Wrote    bool // WroteHeaders in any attempt
	Reused   bool // the last connection had served a request before
	Resent   int  // attempts in a row over the very same connection: HTTP/2 streams that were refused
	Attempts int  // connections asked for

	// Elsewhere says that the request may also have been sent in another way than by the last
	// attempt: by an earlier one, by another RoundTrip, or by one that fires no events.
	Elsewhere bool
	Unlimited bool  // the transport has no limit on connections: whoever waits for one waits for the dialler
	TLS13     bool  // on the last connection: its server may refuse the client after the request was written
	Told      error // of the last attempt's look-up, dial or handshake, as httptrace told it

	BodyErr  error // first error from reading the visitor's request body, other than io.EOF
	InBody   bool  // the error comes from reading the upstream's body
	TimedOut bool  // our own clock ended the exchange
	Looped   bool  // we ended it because the transport repeated the request too often
	CtxErr   error // error of the request's context; nil: it had not ended
	CtxCause error // its cause
	Inner    bool  // it is a context that a handler of the gateway made, and the visitor's own had not ended
	Status   int   // status of the upstream's answer; 0: none
	Length   int64 // its Content-Length; -1: not declared
}

// phase is the phase that the last step belongs to.
func (f Facts) phase() Phase {
	switch {
	case f.Step == StepNone:
		return ""
	case f.Step == StepLookup:
		return Lookup
	case f.Step < StepConn:
		return Connect
	case f.Step < StepSent:
		return Send
	}
	return Receive
}

// gone reports whether the visitor left, or only seems to: of a closed tab, a half-closed
// connection and a read deadline a server of net/http tells the same. Our own clock is not
// that; neither is a context that the gateway ended itself. What ended it is compared, not
// asked: the signal of [os/signal.NotifyContext] calls itself a cancellation.
func (f Facts) gone() bool {
	return !f.TimedOut && !f.Looped && !f.Inner && f.CtxErr == context.Canceled && (f.CtxCause == nil || same(f.CtxCause, context.Canceled))
}

// late reports a deadline of the request's context, of the visitor's or one inside.
func (f Facts) late() bool {
	return f.CtxErr == context.DeadlineExceeded || f.CtxErr != nil && same(f.CtxCause, context.DeadlineExceeded)
}

// isItsEnd reports an error that only says that the context has ended: HTTP/2 says the
// context's error, HTTP/1 its cause.
func (f Facts) isItsEnd(err error) bool {
	if errors.Is(err, f.CtxErr) || errors.Is(err, f.CtxCause) {
		return true
	}
	return !same(f.CtxCause, f.CtxCause) && reflect.TypeOf(err) == reflect.TypeOf(f.CtxCause) // of a kind that cannot be compared
}

// same compares two errors; those that cannot be compared are not the same.
func same(a, b error) bool {
	return a != nil && reflect.TypeOf(a).Comparable() && reflect.ValueOf(a).Comparable() && a == b
}
