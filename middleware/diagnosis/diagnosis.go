package diagnosis

import "time"

// A Phase is a place in the HTTP cycle: look up, connect, send, receive. TLS is the
// last part of connect. The zero value means that the cycle towards the upstream had
// not begun, or that the fault is not in it.
type Phase string

// The phases, in the order in which a request walks them.
const (
	Lookup  Phase = "lookup"
	Connect Phase = "connect"
	Send    Phase = "send"
	Receive Phase = "receive"
)

// A Party is who must act. The zero value means [Unknown].
type Party string

// The parties. Network is the visitor's line or provider; Site is gateway and
// upstreams together, to a visitor one thing.
const (
	Unknown Party = "unknown"
	Visitor Party = "visitor"
	Network Party = "network"
	Site    Party = "site"
)

// An Outcome is what became of the request.
type Outcome string

// The outcomes. NotSent is only said with proof: nothing went out, or the upstream promises by
// the protocol that it did not act on what it got; the hint says by which. OutcomeUnknown means that the upstream
// may have carried the request out; Answered that an answer had begun.
const (
	NotSent        Outcome = "not_sent"
	OutcomeUnknown Outcome = "unknown"
	Answered       Outcome = "answered"
)

// A Diagnosis says what went wrong in one exchange. It is a pure value. The zero
// value means that nothing went wrong.
type Diagnosis struct {
	Type           Type          // the Proxy-Status error type; empty when the visitor left
	Status         int           // what to answer; 0 when nobody is there to be answered
	Phase          Phase         // where in the cycle
	Party          Party         // who must act
	Outcome        Outcome       // what became of the request
	Retryable      bool          // whether the same request may succeed later without anyone acting; see For
	RetryAfter     time.Duration // how long to wait, when somebody knows; 0: not known
	ReceivedStatus int           // status the upstream sent, where it answered; 0: none
	Alert          int           // number of the TLS alert received; 0: none
	Planned        bool          // the site was switched off on purpose
	Limit          int64         // bytes that a request body may have, where it had more; 0: not known
	FailFast       bool          // nobody tried: the answer to an earlier request is repeated
	Hint           string        // for the operator only: what to look at
}

// Gone reports whether the visitor left: then there is nobody to answer.
func (d Diagnosis) Gone() bool { return d.Type == "" && d.Status == 0 && d.Party == Visitor }

// Unreached reports a failure before there was a connection: look-up or connect failed.
func (d Diagnosis) Unreached() bool { return d.Phase == Lookup || d.Phase == Connect }
