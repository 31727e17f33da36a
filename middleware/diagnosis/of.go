package diagnosis

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
)

// Of names what went wrong. It asks, in this order: an [Error] of the host program, the
// visitor's request body, the visitor leaving, a proxy's own words after an answer had
// come, clocks, error types, error texts (only where net/http gives no type), and last
// the step alone. The order matters: a broken upload and a visitor who leaves both look
// like a fault of the upstream, and a clock like a fault of the step it ended.
//
// An error whose own methods panic costs no more than what it had to say.
func Of(err error, f Facts) Diagnosis {
	d, ok := try(err, f)
	if !ok {
		d, ok = try(errMute, f)
	}
	if !ok {
		for _, e := range []*error{&f.BodyErr, &f.CtxCause, &f.Told} {
			if *e != nil {
				*e = errMute
			}
		}
		d, _ = try(errMute, f)
	}
	return d
}

// errMute stands for an error that cannot be asked.
var errMute = errors.New("an error whose methods panic")

func try(err error, f Facts) (d Diagnosis, ok bool) {
	defer func() { _ = recover() }() // ok stays false
	d = of(err, f)
	if d.Outcome == OutcomeUnknown && f.Step >= StepConn {
		if proof := proofOf(err); proof != "" {
			d = d.unbegun(f, proof)
		}
	}
	return d, true
}

func of(err error, f Facts) Diagnosis {
	if own, ok := errors.AsType[*Error](err); ok && own != nil {
		return ofOwn(own, f)
	}
	if own, ok := errors.AsType[*Error](f.CtxCause); ok && own != nil { // HTTP/2 says the context's error, not its cause
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
	case f.Status != 0 && !f.InBody:
		return ofProxy(err, f)
	case f.Looped, f.TimedOut && f.Resent > 1:
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
	if d, ok := ofTold(err, f); ok {
		return d
	}
	if d, ok := ofTLSText(err, f); ok {
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
	f.NotTried = f.NotTried || own.NotSent // what was seen goes before what is said
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
// ReverseProxy itself, or from a user's ModifyResponse, which by such an error calls the
// answer a bad one.
func ofProxy(err error, f Facts) Diagnosis {
	if d, ok := ofText(err, f); ok {
		return d
	}
	return ofRefusal(f, "ModifyResponse, or the handler itself, refused the answer")
}

// ofRefusal names what the host program refused in words of its own. The status is that of a
// ReverseProxy which knows no better either.
func ofRefusal(f Facts, hint string) Diagnosis {
	d := ofStep(ProxyInternalError, f).hint(hint)
	d.Status = http.StatusBadGateway
	return d
}

// ofCapped names an endless repetition: net/http repeats a request by itself when the
// upstream refuses it over HTTP/2 and keeps the reasons to itself.
func ofCapped(f Facts) Diagnosis {
	if f.Resent > 0 {
		d := ofStep(DestinationUnavailable, f).hint("the upstream refuses every HTTP/2 stream (REFUSED_STREAM): it is overloaded or shutting down")
		d.Phase = Receive
		if d.Outcome = OutcomeUnknown; f.Looped && f.Step == StepPool && !f.Elsewhere { // nothing was under way when we ended it
			d.Outcome = NotSent
			d.Hint += notSent + proofRefused
		}
		return d
	}
	return ofStep(HTTPProtocolError, f).hint("the upstream ends every HTTP/2 connection before it answers (GOAWAY or PROTOCOL_ERROR): look at its log, or use HTTP/1.1")
}

// timeoutType says which timeout it was when a clock ended the exchange: the error is
// the same for all of them.
func timeoutType(f Facts) Type {
	switch {
	case f.InBody && f.TimedOut:
		return ConnectionReadTimeout
	case f.Wrote && f.Step < StepConn:
		return HTTPResponseTimeout // an earlier attempt was sent
	case f.Step == StepPool && f.Unlimited:
		return ConnectionTimeout
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

// isConnectFailure reports a failure to look up or connect that no context can bring about:
// its end makes net say "operation was canceled", or nothing of the network.
func isConnectFailure(err error, f Facts) bool {
	if f.GotConn || isReset(err) {
		return false
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.IsNotFound
	}
	return kindOf(err) != 0
}

// isTimeout reports whether the first network error of the chain is a timeout.
func isTimeout(err error) bool {
	netErr, ok := errors.AsType[net.Error](err)
	return ok && netErr.Timeout()
}

func isReset(err error) bool { return kindOf(err) == kindReset }

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
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return Diagnosis{}, false // of a dialler that does TLS itself
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
