package diagnosis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"syscall"
)

// Of names what went wrong. It asks, in this order: an [Error] of the host program, the
// visitor's request body, the visitor leaving, deadlines, error types, error texts (only
// where net/http gives no type), and last the step alone. The order matters: a broken
// upload and a visitor who leaves both look like a fault of the upstream.
func Of(err error, f Facts) Diagnosis {
	var own *Error
	if errors.As(err, &own) {
		return ofOwn(own, f)
	}
	if f.BodyErr != nil {
		return ofBody(f)
	}
	if f.gone(err) {
		return Diagnosis{Party: Visitor, Phase: f.phase(), Outcome: f.outcome()}
	}
	if f.TimedOut || errors.Is(f.CtxErr, context.DeadlineExceeded) {
		return ofStep(timeoutType(f), f)
	}
	if d, ok := ofType(err, f); ok {
		return d
	}
	if d, ok := ofText(err, f); ok {
		return d
	}
	d := ofStep(stepType(err, f), f)
	if f.Step == StepNone && !f.Refused && d.Type == HTTPProtocolError {
		d.Party, d.Phase = Unknown, "" // a word that nobody knows, and nothing was seen
	}
	return d
}

// gone reports whether the visitor left. Our own deadline is not that.
func (f Facts) gone(err error) bool {
	if f.TimedOut || !errors.Is(f.CtxErr, context.Canceled) {
		return false
	}
	return errors.Is(err, context.Canceled) || f.CtxCause != nil && errors.Is(err, f.CtxCause) || f.Status == 0
}

func ofOwn(own *Error, f Facts) Diagnosis {
	t := own.Type
	if t == "" {
		t = ProxyInternalError
	}
	d := ofStep(t, f)
	if own.Status != 0 {
		d.Status = own.Status
	}
	if own.Hint != "" {
		d.Hint = own.Hint
	}
	d.RetryAfter = own.RetryAfter
	d.Retryable = d.Retryable || own.RetryAfter > 0
	return d
}

// ofBody names a fault of the visitor's own request body.
func ofBody(f Facts) Diagnosis {
	d := Diagnosis{Type: HTTPRequestError, Status: http.StatusBadRequest, Phase: Send, Party: Network, Outcome: f.outcome()}
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(f.BodyErr, &tooBig):
		d.Status, d.Party = http.StatusRequestEntityTooLarge, Visitor
		d.Hint = "the request body is larger than the gateway's limit"
	case errors.Is(f.BodyErr, os.ErrDeadlineExceeded):
		d.Status = http.StatusRequestTimeout
		d.Hint = "the visitor sent the request body too slowly for the server's read timeout"
	case errors.Is(f.CtxErr, context.Canceled) || errors.Is(f.BodyErr, io.ErrUnexpectedEOF) || isReset(f.BodyErr):
		return Diagnosis{Party: Visitor, Phase: Send, Outcome: f.outcome()}
	default:
		d.Hint = "the request body could not be read"
	}
	return d
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// ofType decides by the types that the standard library exports.
func ofType(err error, f Facts) (Diagnosis, bool) {
	var (
		dns    *net.DNSError
		cert   *tls.CertificateVerificationError
		record tls.RecordHeaderError
		ech    *tls.ECHRejectionError
		mime   textproto.ProtocolError
		tooBig *http.MaxBytesError
	)
	switch {
	case errors.As(err, &dns):
		return ofDNS(dns, f), true
	case errors.As(err, &cert):
		return ofStep(TLSCertificateError, f).hint(certificateHint(cert.Err)), true
	case errors.As(err, &record):
		return ofStep(TLSProtocolError, f).hint(recordHint(record)), true
	case errors.As(err, &ech):
		return ofStep(TLSProtocolError, f), true
	case errors.As(err, &tooBig):
		d := ofBody(Facts{BodyErr: err})
		d.Outcome = f.outcome()
		return d, true
	case errors.As(err, &mime):
		return ofStep(HTTPProtocolError, f).hint("the upstream sent a malformed header field"), true
	}
	return ofOp(err, f)
}

func ofDNS(dns *net.DNSError, f Facts) Diagnosis {
	t := DNSError
	hint := "the resolver could not answer: check the resolver"
	switch {
	case dns.IsTimeout:
		t, hint = DNSTimeout, "the resolver did not answer: check the resolver and the way to it"
	case dns.IsNotFound:
		hint = "the name has no address: check its spelling and the DNS zone"
	}
	d := ofStep(t, f)
	d.Phase = Lookup
	return d.hint(hint)
}

func certificateHint(err error) string {
	var (
		invalid x509.CertificateInvalidError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the upstream's certificate has expired or is not valid yet: renew it, or check the clocks"
	case errors.As(err, &name):
		return "the upstream's certificate is for another name: check the target's name or the certificate"
	case errors.As(err, &unknown):
		return "the upstream's certificate comes from an authority that the gateway does not trust: add it to RootCAs"
	}
	return "the upstream's certificate was not accepted"
}

func recordHint(record tls.RecordHeaderError) string {
	if string(record.RecordHeader[:]) == "HTTP/" {
		return "the upstream speaks plain HTTP on this port: use http:// in the target"
	}
	return "the upstream does not speak TLS on this port"
}

// ofOp decides by the operation and the errno of a network error.
func ofOp(err error, f Facts) (Diagnosis, bool) {
	var op *net.OpError
	if !errors.As(err, &op) {
		if errors.Is(err, syscall.ENOENT) {
			return ofStep(DestinationUnavailable, f).hint("the upstream's socket file does not exist"), true
		}
		return Diagnosis{}, false
	}
	switch op.Op {
	case "remote error":
		return ofStep(TLSAlertReceived, f).hint("the upstream refused the TLS handshake: check versions, client certificate and name"), true
	case "local error":
		return ofStep(TLSProtocolError, f), true
	case "socks connect":
		return ofStep(ConnectionRefused, f).hint("the SOCKS proxy refused"), true
	case "dial", "proxyconnect":
		return ofDial(err, f)
	}
	if isReset(err) || errors.Is(err, net.ErrClosed) {
		return ofStep(ConnectionTerminated, f), true
	}
	if op.Timeout() {
		t := ConnectionReadTimeout
		if op.Op == "write" {
			t = ConnectionWriteTimeout
		}
		return ofStep(t, f), true
	}
	return Diagnosis{}, false
}

// dialErrnos maps what connect(2) says. A refusal is not a route that is missing.
var dialErrnos = []struct {
	errno syscall.Errno
	Type
	status int
	hint   string
}{
	{syscall.ECONNREFUSED, ConnectionRefused, 0, "nothing listens there: check that the upstream runs, and its port"},
	{syscall.ECONNRESET, ConnectionTerminated, 0, "the connection was reset while it was opened"},
	{syscall.ETIMEDOUT, ConnectionTimeout, 0, "no answer to the connection: check the machine, and firewalls on the way"},
	{syscall.EHOSTUNREACH, DestinationIPUnroutable, 0, "no route to the host"},
	{syscall.ENETUNREACH, DestinationIPUnroutable, 0, "no route to the network"},
	{syscall.EACCES, DestinationIPProhibited, 0, "the connection is forbidden by a local firewall rule or route"},
	{syscall.EPERM, DestinationIPProhibited, 0, "the connection is forbidden by a local firewall rule or route"},
	{syscall.EADDRNOTAVAIL, ProxyInternalError, http.StatusServiceUnavailable, "the gateway has no free local port or address"},
	{syscall.EMFILE, ProxyInternalError, http.StatusServiceUnavailable, "the gateway has no free file descriptor: raise the limit"},
	{syscall.ENFILE, ProxyInternalError, http.StatusServiceUnavailable, "the gateway's machine has no free file descriptor"},
	{syscall.EINVAL, ProxyConfigurationError, 0, "the address cannot be dialled"},
	{syscall.ENOENT, DestinationUnavailable, 0, "the upstream's socket file does not exist"},
}

func ofDial(err error, f Facts) (Diagnosis, bool) {
	for _, e := range dialErrnos {
		if errors.Is(err, e.errno) {
			d := ofStep(e.Type, f).hint(e.hint)
			if e.status != 0 {
				d.Status = e.status
			}
			if e.Type == ConnectionTerminated {
				d.Phase = Connect
			}
			return d, true
		}
	}
	var netErr net.Error
	var address *net.AddrError
	switch {
	case errors.As(err, &address):
		return ofStep(DestinationIPUnroutable, f).hint("no usable address"), true
	case errors.As(err, &netErr) && netErr.Timeout():
		return ofStep(ConnectionTimeout, f).hint("no answer to the connection: check the machine, and firewalls on the way"), true
	}
	return Diagnosis{}, false
}
