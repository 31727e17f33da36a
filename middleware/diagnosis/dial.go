package diagnosis

import (
	"errors"
	"net"
	"net/http"
	"syscall"
)

func ofDNS(dns *net.DNSError, f Facts) Diagnosis {
	t, hint := DNSError, "the resolver could not answer: check the resolver"
	switch {
	case dns.IsTimeout:
		t, hint = DNSTimeout, hintResolver
	case dns.IsNotFound:
		hint = "the name has no address: check its spelling and the DNS zone"
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
		return ofStep(TLSProtocolError, f).hint("the upstream broke the TLS protocol: something on the way may change the bytes"), true
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
	case isReset(err), errors.Is(err, net.ErrClosed):
		return ofStep(ConnectionTerminated, f).hint(resetHint(f)), true
	case errors.Is(err, syscall.ETIMEDOUT), op.Timeout():
		t := ConnectionReadTimeout
		if op.Op == "write" {
			t = ConnectionWriteTimeout
		}
		return ofStep(t, f).hint("the connection to the upstream fell silent"), true
	}
	return Diagnosis{}, false
}

const hintForbidden = "the connection is forbidden by a firewall rule or route on the gateway"

// dialErrnos maps what the kernel says to connect, bind and socket.
var dialErrnos = []struct {
	errno syscall.Errno
	Type
	status int
	hint   string
}{
	{syscall.ECONNREFUSED, ConnectionRefused, 0, "nothing listens there: check that the upstream runs, and its port"},
	{syscall.ECONNRESET, ConnectionTerminated, 0, "the connection was reset while it was opened: look for a firewall on the way"},
	{syscall.ETIMEDOUT, ConnectionTimeout, 0, hintNoAnswer},
	{syscall.EHOSTUNREACH, DestinationIPUnroutable, 0, "there is no route to the host: check the address, the network and its gateway"},
	{syscall.ENETUNREACH, DestinationIPUnroutable, 0, "there is no route to the network: check the address, the network and its gateway"},
	{syscall.EACCES, DestinationIPProhibited, 0, hintForbidden},
	{syscall.EPERM, DestinationIPProhibited, 0, hintForbidden},
	{syscall.EADDRNOTAVAIL, ProxyInternalError, http.StatusServiceUnavailable, "the gateway has no free local port or address: keep connections, or add addresses"},
	{syscall.EADDRINUSE, ProxyInternalError, http.StatusServiceUnavailable, "the gateway has no free local port or address: keep connections, or add addresses"},
	{syscall.EMFILE, ProxyInternalError, http.StatusServiceUnavailable, "the gateway has no free file descriptor: raise the limit"},
	{syscall.ENFILE, ProxyInternalError, http.StatusServiceUnavailable, "the gateway's machine has no free file descriptor: raise the limit"},
	{syscall.EINVAL, ProxyConfigurationError, 0, "the address cannot be dialled: check the target and the routes"},
	{syscall.ENOENT, DestinationUnavailable, 0, "the upstream's socket file does not exist: check that it runs, and the path"},
}

// ofErrno decides by what the kernel says, also to a dialler that does not say "dial".
func ofErrno(err error, f Facts) (Diagnosis, bool) {
	errno, isErrno := errors.AsType[syscall.Errno](err)
	for _, e := range dialErrnos {
		if !isErrno || errno != e.errno {
			continue
		}
		d := ofStep(e.Type, f).hint(e.hint)
		if e.status != 0 {
			d.Status = e.status
		}
		if e.Type == ConnectionTerminated {
			d.Phase = Connect
		}
		return d, true
	}
	return Diagnosis{}, false
}

func ofDial(err error, f Facts) (Diagnosis, bool) {
	if d, ok := ofErrno(err, f); ok {
		return d, true
	}
	address, isAddress := errors.AsType[*net.AddrError](err)
	switch {
	case isAddress && address.Err == "invalid port":
		return ofStep(ProxyConfigurationError, f).hint("the target's port is no port"), true
	case isAddress:
		return ofStep(DestinationIPUnroutable, f).hint("the name has no address that can be used: check the address families"), true
	case isTimeout(err):
		return ofStep(ConnectionTimeout, f).hint(hintNoAnswer), true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return ofStep(DestinationIPProhibited, f).hint("the dialler's own Control hook refused the address"), true
	}
	return Diagnosis{}, false
}
