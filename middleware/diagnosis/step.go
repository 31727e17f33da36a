package diagnosis

import (
	"errors"
	"io"
	"net"
)

// Diagnosis returns what is usual for the type, with nothing seen of an exchange.
func (t Type) Diagnosis() Diagnosis { return ofStep(t, Facts{}) }

// ofStep completes a type to a diagnosis: status and party as registered, the phase
// where the facts place it.
func ofStep(t Type, f Facts) Diagnosis {
	p := t.Properties()
	d := Diagnosis{Type: t, Status: p.Status, Phase: p.Phase, Party: p.Party, Outcome: f.outcome(), Retryable: p.Retryable}
	if f.Step == StepNone && !f.Refused && p.Phase != "" && (p.Phase == Lookup || p.Phase == Connect) {
		// Nothing was traced; a failed look-up or connection is named by the error
		// itself, but that no earlier attempt was sent is not proven.
		d.Outcome = Undecided
	}
	if t == ConnectionTerminated && f.Step != StepNone {
		d.Phase = f.phase()
		if f.Step == StepConn {
			// The peer closed at once; the request was at most in our own buffer.
			d.Phase = Receive
		}
	}
	return d
}

func (d Diagnosis) hint(text string) Diagnosis {
	d.Hint = text
	return d
}

// timeoutType says which timeout it was when a deadline ended the exchange: the error
// is the same for all of them.
func timeoutType(f Facts) Type {
	switch {
	case f.Wrote && f.Step < StepConn:
		return HTTPResponseTimeout // an earlier attempt was sent
	case f.Step == StepPool:
		return ConnectionLimitReached
	case f.Step == StepLookup:
		return DNSTimeout
	case f.Step > StepNone && f.Step < StepConn:
		return ConnectionTimeout
	case f.Step == StepHeaders:
		return ConnectionWriteTimeout
	}
	return HTTPResponseTimeout
}

// stepType is the last resort: neither type nor text of the error was known.
func stepType(err error, f Facts) Type {
	var netErr net.Error
	timeout := errors.As(err, &netErr) && netErr.Timeout()
	ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case timeout:
		return timeoutType(f)
	case f.Step >= StepHead && errors.Is(err, io.ErrUnexpectedEOF):
		return HTTPResponseIncomplete
	case ended:
		return ConnectionTerminated
	case f.Step == StepTLS:
		return TLSProtocolError
	case f.Step >= StepHead || f.GotConn:
		return HTTPProtocolError
	case f.Step >= StepDial:
		return ConnectionTerminated
	case f.Step == StepLookup:
		return DNSError
	case f.Refused, f.Step == StepPool:
		return ProxyInternalError
	}
	return HTTPProtocolError
}
