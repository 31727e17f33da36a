package diagnosis

import (
	"errors"
	"net"
)

func ofDNS(dns *net.DNSError, f Facts) Diagnosis {
	t, hint := DNSError, "the resolver could not answer: check the resolver"
	switch {
	case dns.Err == "unknown port":
		return ofStep(ProxyConfigurationError, f).hint(hintPort)
	case dns.IsNotFound:
		hint = "the name has no address: check its spelling and the DNS zone"
	case dns.IsTimeout:
		t, hint = DNSTimeout, hintResolver
	default:
		unasked := answerTo(dialAnswers, kindInText(dns.Err), 0)
		switch {
		case unasked == nil:
		case unasked.Type == ProxyInternalError:
			return unasked.diagnosis(f) // the gateway has nothing left to ask with
		case unasked.kind == kindRefused:
			hint = "nothing listens at the resolver's address: check the resolver, and the file or setting that names it"
		default:
			hint = "the resolver cannot be asked: " + unasked.hint
		}
	}
	d := ofStep(t, f)
	d.Phase = Lookup
	return d.hint(hint)
}

// ofOp decides by the operation and the errno of a network error.
func ofOp(err error, f Facts) (Diagnosis, bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok {
		return Diagnosis{}, false
	}
	if inner, ok := errors.AsType[*net.OpError](op.Err); ok && op.Op == "proxyconnect" && inner.Op != "dial" {
		op = inner // an alert, or a reset in the handshake with the forward proxy
	}
	switch op.Op {
	case "remote error":
		return ofAlert(op, f), true
	case "local error":
		return ofLocal(op, f), true
	case "socks connect":
		return ofStep(ConnectionRefused, f).hint("the SOCKS proxy refused: check its rules and the credentials for it"), true
	case "dial":
		return ofDial(err, f)
	case "proxyconnect":
		d, ok := ofDial(err, f)
		d.Hint = "the forward proxy: " + d.Hint
		return d, ok
	}
	switch {
	case errors.Is(err, net.ErrClosed):
		return ofStep(ConnectionTerminated, f).hint(resetHint(f)), true
	case op.Timeout():
		return ofSilence(err, f), true
	}
	return ofBroken(err, f)
}

func ofDial(err error, f Facts) (Diagnosis, bool) {
	if d, ok := ofErrno(err, f); ok {
		return d, true
	}
	if d, ok := ofAddress(err, f); ok {
		return d, true
	}
	if isTimeout(err) {
		return ofStep(ConnectionTimeout, f).hint(hintNoAnswer), true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return ofStep(DestinationIPProhibited, f).hint("the dialler's own Control hook refused the address"), true
	}
	return Diagnosis{}, false
}

const hintPort = "the target's port is no port"

// ofAddress names an address that package net did not take.
func ofAddress(err error, f Facts) (Diagnosis, bool) {
	if _, ok := errors.AsType[net.UnknownNetworkError](err); ok {
		return ofStep(ProxyConfigurationError, f).hint("the dialler was asked for a network that does not exist: check its DialContext"), true
	}
	address, ok := errors.AsType[*net.AddrError](err)
	if !ok {
		return Diagnosis{}, false
	}
	switch address.Err {
	case "no suitable address found", "non-IPv4 address", "non-IPv6 address", "invalid address family":
		return ofStep(DestinationIPUnroutable, f).hint("the name has no address that can be used: check the address families"), true
	case "invalid port":
		return ofStep(ProxyConfigurationError, f).hint(hintPort), true
	case "mismatched local address type":
		return ofStep(ProxyConfigurationError, f).hint("the dialler's LocalAddr is of another family than the target: check both"), true
	}
	return ofStep(ProxyConfigurationError, f).hint("the target's address cannot be read: check its host and port"), true
}
