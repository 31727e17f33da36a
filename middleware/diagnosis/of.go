package diagnosis

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
)

// Of names what went wrong. It asks, in this order: an [Error] of the host program, the
// visitor's request body, the visitor leaving, a proxy's own words after an answer had
// come, clocks, error types, error texts (only where net/http gives no type), and last
// the step alone. The order matters: a broken upload and a visitor who leaves both look
// like a fault of the upstream, and a clock like a fault of the step it ended.
func Of(err error, f Facts) Diagnosis {
	if own, ok := errors.AsType[*Error](err); ok {
		return ofOwn(own, f)
	}
	if own, ok := errors.AsType[*Error](f.CtxCause); ok { // HTTP/2 says the context's error, not its cause
		return ofOwn(own, f)
	}
	if f.CtxErr != nil && isConnectFailure(err, f) {
		f.CtxErr = nil // the network said no: the end of the context came beside it
	}
	switch {
	case f.BodyErr != nil:
		return ofBody(f)
	case f.gone():
		return Diagnosis{Party: Visitor, Phase: f.phase(), Outcome: f.outcome()}
	case f.Status != 0 && !f.Reading:
		return ofProxy(err, f)
	case f.Capped, f.TimedOut && f.Resent > 1:
		return ofCapped(f)
	case f.TimedOut, f.late():
		return ofStep(timeoutType(f), f).hint(timeoutHint(f))
	case f.CtxErr != nil && f.Inner && f.isItsEnd(err):
		return ofStep(ProxyInternalResponse, f).hint(hintInner)
	case f.CtxErr != nil && f.isItsEnd(err):
		return ofStep(ProxyInternalResponse, f).hint("the gateway ended the request itself: it is shutting down")
	}
	if d, ok := ofTunnel(err, f); ok {
		return d
	}
	if d, ok := ofHTTP2(err, f); ok {
		return d
	}
	if d, ok := ofType(err, f); ok {
		return d
	}
	if d, ok := ofText(err, f); ok {
		return d
	}
	return ofStepAlone(err, f)
}

func ofOwn(own *Error, f Facts) Diagnosis {
	t := own.Type
	switch isRefusal := own.Status >= 400 && own.Status < 500; {
	case t.Registered():
	case isRefusal:
		t = HTTPRequestError
	default:
		t = ProxyInternalError // also of a word that would break the fields it gets into
	}
	f.Refused = f.Refused || own.NotSent && !f.GotConn && !f.Wrote // what was seen goes before what is said
	d := ofStep(t, f)
	if own.Status >= 400 && own.Status <= 599 {
		d.Status = own.Status
	}
	if d.Party == Visitor && d.Status >= 500 {
		d.Party = Unknown // a type and a status that blame two
	}
	d.Hint, d.FailFast = own.Hint, own.FailFast
	d.Planned = own.Planned && d.Status >= 500
	d.RetryAfter = d.bounded(own.RetryAfter)
	d.Retryable = d.Retryable || d.RetryAfter > 0
	return d
}

// ofProxy names an error that came up after the transport had delivered an answer: from
// ReverseProxy itself, or from a user's ModifyResponse.
func ofProxy(err error, f Facts) Diagnosis {
	if d, ok := ofText(err, f); ok {
		return d
	}
	return ofStep(ProxyInternalError, f).hint("ModifyResponse, or the handler itself, refused the answer")
}

// ofCapped names an endless repetition: net/http repeats a request by itself when the
// upstream refuses it over HTTP/2 and keeps the reasons to itself.
func ofCapped(f Facts) Diagnosis {
	if f.Resent > 0 {
		d := ofStep(DestinationUnavailable, f).hint("the upstream refuses every HTTP/2 stream (REFUSED_STREAM): it is overloaded or shutting down")
		d.Phase, d.Outcome = Receive, Undecided
		return d
	}
	return ofStep(HTTPProtocolError, f).hint("the upstream ends every HTTP/2 connection before it answers (GOAWAY or PROTOCOL_ERROR): look at its log, or use HTTP/1.1")
}

// timeoutType says which timeout it was when a clock ended the exchange: the error is
// the same for all of them.
func timeoutType(f Facts) Type {
	switch {
	case f.Reading && f.TimedOut:
		return ConnectionReadTimeout
	case f.Wrote && f.Step < StepConn:
		return HTTPResponseTimeout // an earlier attempt was sent
	case f.Step == StepPool, f.Step == StepConn:
		return ConnectionLimitReached // no connection, or no HTTP/2 stream, became free
	case f.Step == StepLookup:
		return DNSTimeout
	case f.Step > StepNone && f.Step < StepConn:
		return ConnectionTimeout
	case f.Step == StepHeaders:
		return ConnectionWriteTimeout
	}
	return HTTPResponseTimeout
}

func timeoutHint(f Facts) string {
	switch timeoutType(f) {
	case ConnectionReadTimeout:
		return "the upstream stopped in the middle of the body: look at its log and its load"
	case ConnectionLimitReached:
		return "all connections to the upstream were busy: raise MaxConnsPerHost, or find out why it is slow"
	case DNSTimeout:
		return hintResolver
	case ConnectionTimeout:
		switch f.Step {
		case StepTLS:
			return "no answer in the TLS handshake: check that the upstream speaks TLS on this port, and its load"
		case StepConnected:
			return "the forward proxy did not answer to CONNECT: look at its log and its load"
		}
		return hintNoAnswer
	case ConnectionWriteTimeout:
		return "the upstream stopped reading the request body: look at its log and its load"
	}
	return hintSlow
}

const (
	hintResolver = "the resolver did not answer: check the resolver and the way to it"
	hintNoAnswer = "no answer to the connection: check the machine, its port, and firewalls on the way"
	hintInner    = "a handler of the gateway ended the request's context before the upstream had answered: look for a limit, a hedged request or a breaker of its own"
	hintSlow     = "the upstream took the request and did not answer in time: look at its load, or raise the timeout"
)

// ofStep completes a type to a diagnosis: status and party as registered, the phase
// where the facts place it.
func ofStep(t Type, f Facts) Diagnosis {
	p := t.Properties()
	d := Diagnosis{Type: t, Status: p.Status, Phase: p.Phase, Party: p.Party, Outcome: f.outcome(), Retryable: p.Retryable}
	if t == ConnectionTerminated && f.Step != StepNone {
		// A peer that closes at once did so before the request left our buffer.
		if d.Phase = f.phase(); f.Step == StepConn {
			d.Phase = Receive
		}
	}
	return d
}

func (d Diagnosis) hint(text string) Diagnosis {
	d.Hint = text
	return d
}

// ofStepAlone is the last resort: neither type nor text of the error was known.
func ofStepAlone(err error, f Facts) Diagnosis {
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case isTimeout(err):
		return ofStep(timeoutType(f), f).hint(timeoutHint(f))
	case f.Step >= StepHead && errors.Is(err, io.ErrUnexpectedEOF):
		return ofStep(HTTPResponseIncomplete, f).hint(incompleteHint(f))
	case ended:
		return ofStep(ConnectionTerminated, f).hint(closedHint(f))
	case errors.Is(err, net.ErrClosed), isReset(err):
		return ofStep(ConnectionTerminated, f).hint(resetHint(f))
	case f.Step == StepTLS:
		return ofStep(TLSProtocolError, f).hint("the TLS handshake with the upstream failed: check its versions and ciphers")
	case f.GotConn:
		return ofStep(HTTPProtocolError, f).hint("the upstream's answer could not be understood: check that it speaks HTTP on this port")
	case f.Step >= StepDial:
		return ofStep(ConnectionTerminated, f).hint("the connection could not be opened")
	case f.Step == StepLookup:
		return ofStep(DNSError, f).hint("the name could not be looked up: check the resolver")
	case f.Refused, f.Step == StepPool:
		return ofStep(ProxyInternalError, f).hint("the gateway's own dialler, proxy function or transport failed")
	}
	d := ofStep(HTTPProtocolError, f)
	d.Party, d.Phase = Unknown, "" // a word that nobody knows, and nothing was seen
	return d
}

// closedHint says what may close a connection without a word at that step.
func closedHint(f Facts) string {
	switch {
	case f.Step == StepTLS:
		return "the upstream closed the connection in the TLS handshake: it may want another version, a known name (SNI), or no TLS at all"
	case f.Step == StepConnected:
		return "the forward proxy closed the connection without an answer to CONNECT"
	case f.Reused:
		return "the upstream closed a kept connection as the request was sent: its keep-alive is shorter than the gateway's, or see its log"
	}
	return "the upstream closed the connection without an answer: look at its log for a crash; or it does not speak HTTP on this port"
}

func resetHint(f Facts) string {
	switch f.Step {
	case StepTLS:
		return "the upstream reset the connection in the TLS handshake: it may want no TLS at all, or something on the way cut it"
	case StepHeaders:
		return "the upstream reset the connection during the upload: look at its log and its limits"
	}
	return "the upstream reset the connection: look at its log for a crash, and for what may cut connections on the way"
}

func incompleteHint(f Facts) string {
	switch {
	case !f.Reading:
		return "the upstream's answer broke off in its head: look at its log for a crash"
	case f.Length >= 0:
		return "the upstream sent less than its Content-Length: look at its log for a crash, and for what may cut answers on the way"
	}
	return "the upstream's answer ended before its last chunk or its declared end: look at its log for a crash, and for what may cut answers on the way"
}

// isConnectFailure reports a failure to look up or connect that no context can bring about:
// its end makes net say "operation was canceled", or nothing of the network.
func isConnectFailure(err error, f Facts) bool {
	if f.GotConn || isReset(err) {
		return false
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.IsNotFound
	}
	_, ok := errors.AsType[syscall.Errno](err)
	return ok
}

// isTimeout reports whether the first network error of the chain is a timeout.
func isTimeout(err error) bool {
	netErr, ok := errors.AsType[net.Error](err)
	return ok && netErr.Timeout()
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// ofTunnel names what a forward proxy said to CONNECT. Its error text is the proxy's
// own phrase, which anybody may have chosen: only what net/http says itself counts.
func ofTunnel(err error, f Facts) (Diagnosis, bool) {
	if f.Step != StepConnected || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Diagnosis{}, false
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return Diagnosis{}, false
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return Diagnosis{}, false
	}
	if isText(err, "malformed HTTP") {
		d := ofStep(HTTPProtocolError, f).hint("the forward proxy's answer to CONNECT is no HTTP: check the proxy's address and port")
		d.Phase = Connect
		return d, true
	}
	if isTimeout(err) {
		return ofStep(ConnectionTimeout, f).hint("the forward proxy did not answer to CONNECT"), true
	}
	return ofStep(ConnectionRefused, f).hint("the forward proxy refused CONNECT: check its rules and the credentials for it"), true
}
