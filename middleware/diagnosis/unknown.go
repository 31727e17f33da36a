package diagnosis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
)

// ofTold names a connection that did not come about where the error itself keeps to itself
// why, or one that broke: by its errno, or by what httptrace told of the attempt.
func ofTold(err error, f Facts) (Diagnosis, bool) {
	switch {
	case f.Step == StepNone:
		return Diagnosis{}, false
	case f.Step < StepConnected:
		if d, ok := ofErrno(err, f); ok {
			return d, true
		}
	default:
		if d, ok := ofBroken(err, f); ok {
			return d, true
		}
	}
	if f.Told == nil || f.Step >= StepConn || isTimeout(err) {
		return Diagnosis{}, false
	}
	if d, ok := ofType(f.Told, f); ok {
		return d, true
	}
	return ofTLSText(f.Told, f)
}

// ofStepAlone is the last resort: neither type nor text of the error was known.
func ofStepAlone(err error, f Facts) Diagnosis {
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case isTimeout(err):
		f.Unlimited = f.Unlimited || !errors.Is(err, context.DeadlineExceeded) // a dialler's own patience
		return ofStep(timeoutType(f), f).hint(timeoutHint(f))
	case f.Step >= StepHead && errors.Is(err, io.ErrUnexpectedEOF):
		return ofStep(HTTPResponseIncomplete, f).hint(incompleteHint(f))
	case f.Step == StepPool, f.Step == StepDial:
		return ofStep(ConnectionTerminated, f).hint("the connection could not be opened: see what the dialler says")
	case f.Step == StepLookup:
		return ofStep(DNSError, f).hint("the name could not be looked up: check the resolver")
	case ended:
		return ofStep(ConnectionTerminated, f).hint(closedHint(f))
	case errors.Is(err, net.ErrClosed), isReset(err):
		return ofStep(ConnectionTerminated, f).hint(resetHint(f))
	case f.Step == StepTLS:
		return ofStep(TLSProtocolError, f).hint("the TLS handshake with the upstream failed: check its versions and ciphers")
	case f.InBody:
		return ofStep(HTTPResponseIncomplete, f).hint("the upstream's answer could not be read to its end: see what the transport says")
	case f.Step >= StepHead && isBroken(err):
		return ofStep(HTTPProtocolError, f).hint("the upstream's answer could not be understood: check that it speaks HTTP on this port")
	case f.Step >= StepHead:
		return ofRefusal(f, "the transport did not take the upstream's answer: see what it says")
	case f.Step > StepNone:
		return ofStep(ConnectionTerminated, f).hint("the connection to the upstream ended without an answer: see what the transport says")
	}
	d := ofRefusal(f, "the gateway's own transport, or its Proxy function, refused the request before a connection was seen: see what it says")
	switch {
	case f.Called && f.NotTried && d.Outcome == NotSent:
		d.Hint += notSent + proofUnasked
	case !f.Called && !f.NotTried:
		d.Party, d.Hint = Unknown, "" // a word that nobody knows, and nothing was seen
	}
	return d
}

// isBroken reports that net/http itself found fault with what came over a connection.
func isBroken(err error) bool {
	for link := err; link != nil; link = errors.Unwrap(link) {
		if strings.HasPrefix(link.Error(), connectionBroken) {
			return true
		}
	}
	return false
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
	case !f.InBody:
		return "the upstream's answer broke off in its head: look at its log for a crash"
	case f.Length >= 0:
		return "the upstream sent less than its Content-Length: look at its log for a crash, and for what may cut answers on the way"
	}
	return "the upstream's answer ended before its last chunk or its declared end: look at its log for a crash, and for what may cut answers on the way"
}
