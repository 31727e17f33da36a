package diagnosis

import (
	"errors"
	"reflect"
	"strings"
)

// What became of a request, and what proves it. NotSent needs proof, not silence: where it is
// said and is not so, people pay twice.
//
//	what is seen                                                        proves    because
//	GetConn was told and GotConn never, in any attempt (look-up, dial,  not_sent  net/http sends over connections that it got
//	TLS, a forward proxy's CONNECT, a full pool)
//	a transport of net/http returned an error before GetConn            not_sent  it asks for a connection before it sends
//	(Proxy function, no URL, no host, a bad field)
//	ReverseProxy returned an error of its own before an answer          not_sent  it had not called the transport
//	our own code, or an Error with NotSent, refused                     not_sent  nobody was asked
//	net/http wrote no byte on the connection (nothingWrittenError)      not_sent  it counts what the connection took
//	a kept connection had ended before the request was given to it      not_sent  net/http closed it by then
//	(errServerClosedIdle, readLoopPeekFailLocked)
//	net/http refused to encode the request for HTTP/2                   not_sent  the fields are encoded before a frame is written
//	an HTTP/2 connection took no more streams                           not_sent  no stream was opened
//	REFUSED_STREAM                                                      not_sent  the upstream's promise (RFC 9113 section 8.7)
//	GOAWAY that names an earlier stream as the last                     not_sent  the same
//	an alert about the client's certificate, TLS 1.3, new connection    not_sent  a server reads no request before the handshake is whole
//	a first byte of an answer                                           answered
//
// Each holds for the attempt that it is about. Where another attempt, or another RoundTrip for
// the same visitor, is not proven not to have been sent, nothing is ([Facts.Elsewhere]).
//
//	what is seen                                              suggests it only, for
//	no event at all, of a transport that is not net/http's    it may fire none
//	the visitor's body was read before GetConn                it may have been kept, or sent in a way that fires no events
//	GetConn, of a transport around net/http's, for an unsafe  it may have sent before, and nothing shows that where there is no body
//	method without a body
//	closed or reset at accept, WroteHeaders told or not       the bytes are in a buffer, or on their way
//	EOF on a kept connection after the request was written    the upstream may have read it
//	GOAWAY that names this stream, or a later one             the upstream may have acted on it
//	any other HTTP/2 error code, HTTP_1_1_REQUIRED too        no promise goes with it
//	an alert by TLS 1.2, or handshake_failure after GotConn   it may belong to a renegotiation, with the request read
//	net/http repeated the request and keeps the reason        PROTOCOL_ERROR is one of its reasons
const (
	proofUncalled  = "ReverseProxy itself refused"
	proofUnasked   = "net/http refused before it asked for a connection"
	proofNoByte    = "no byte was written on the connection"
	proofIdle      = "the kept connection had ended before the request was given to it"
	proofUncoded   = "net/http refused to encode it"
	proofNoStream  = "the HTTP/2 connection opened no stream for it"
	proofRefused   = "by REFUSED_STREAM the upstream promises that it did not process it (RFC 9113 section 8.7)"
	proofGoAway    = "by GOAWAY the upstream promises that it did not process it (RFC 9113 section 8.7)"
	proofHandshake = "by TLS 1.3 the upstream reads no request before it has accepted the client"
)

// notSent stands in a hint before the proof.
const notSent = "; not sent: "

// outcome says what the steps prove.
func (f Facts) outcome() Outcome {
	switch {
	case f.Step >= StepHead:
		return Answered
	case f.GotConn, f.Wrote, f.Elsewhere:
		return OutcomeUnknown
	case f.NotTried, f.Step > StepNone && f.Step < StepConn:
		return NotSent
	}
	return OutcomeUnknown
}

// unanswered is the outcome where the bytes that came were no answer to this request.
func (f Facts) unanswered() Outcome {
	f.Step = min(f.Step, StepSent)
	return f.outcome()
}

// unsent says that the last attempt came to nothing, and by what proof. That decides where it
// was the only one.
func (d Diagnosis) unsent(f Facts, proof string) Diagnosis {
	if !f.GotConn || f.Elsewhere || f.Step < StepConn || f.Step >= StepHead {
		return d
	}
	d.Outcome = NotSent
	d.Hint += notSent + proof
	return d
}

// unbegun is unsent where the fault came before an answer could.
func (d Diagnosis) unbegun(f Facts, proof string) Diagnosis {
	if d = d.unsent(f, proof); d.Outcome == NotSent && d.Phase == Receive {
		d.Phase = Send
	}
	return d
}

// peekFailed is what net/http puts before the fault by which a kept connection ended.
const peekFailed = "readLoopPeekFailLocked: "

// proofOf returns the proof that is in the error itself, whatever else it tells.
func proofOf(err error) string {
	for link := err; link != nil; link = errors.Unwrap(link) {
		switch t := reflect.TypeOf(link); {
		case t.PkgPath() == "net/http" && t.Name() == "nothingWrittenError":
			return proofNoByte
		case t.String() == "*fmt.wrapError" && strings.HasPrefix(link.Error(), peekFailed):
			return proofIdle
		}
	}
	return ""
}
