//go:build !plan9

package diagnosis

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// Places at which an errno is met.
func dialled(network, call string, addr net.Addr) func(syscall.Errno) error {
	return func(e syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: os.NewSyscallError(call, e)}
	}
}

var (
	ipv4   = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 80}
	ipv6   = &net.TCPAddr{IP: net.ParseIP("2001:db8::7"), Port: 80}
	byIP   = dialled("tcp", "connect", ipv4)
	byIPv6 = dialled("tcp", "connect", ipv6)
	byFile = dialled("unix", "connect", &net.UnixAddr{Name: "/run/app", Net: "unix"})
	making = dialled("tcp", "socket", ipv4)
	taking = dialled("tcp", "bind", ipv4)
)

func reads(e syscall.Errno) error  { return opError("read", errno("read", e)) }
func writes(e syscall.Errno) error { return opError("write", errno("write", e)) }

const (
	dead    = ConnectionTerminated
	ownSelf = ProxyInternalError
	ownSet  = ProxyConfigurationError
)

// said is what is told of an errno: the type, and a part of the hint.
type said struct {
	Type
	hint string
}

// errnos are those that the manuals of Linux, macOS and FreeBSD list for connect, socket, bind,
// read, write, recv and send, for ip(7), tcp(7) and unix(7), and what ICMP is turned into.
// Systems name the others in tables of their own. The party is the site, always.
var errnos = []struct {
	errno      syscall.Errno
	dial, kept said
}{
	{syscall.EACCES, said{DestinationIPProhibited, "firewall"}, said{dead, "forbids"}},
	{syscall.EADDRINUSE, said{ownSelf, "no free local port"}, said{ownSelf, "cause"}},
	{syscall.EADDRNOTAVAIL, said{ownSelf, "no free local port"}, said{dead, "way to the upstream"}},
	{syscall.EAFNOSUPPORT, said{DestinationIPUnroutable, "address family switched off"}, said{ownSelf, "cause"}},
	{syscall.EAGAIN, said{ownSelf, "no free local port"}, said{ConnectionReadTimeout, "silent"}},
	{syscall.EALREADY, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EBADF, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EBADMSG, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ECANCELED, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ECONNABORTED, said{dead, "firewall on the way"}, said{dead, "reset"}},
	{syscall.ECONNREFUSED, said{ConnectionRefused, "nothing listens"}, said{dead, "reset"}},
	{syscall.ECONNRESET, said{dead, "firewall on the way"}, said{dead, "reset"}},
	{syscall.EDESTADDRREQ, said{ownSet, "check the target"}, said{ownSelf, "cause"}},
	{syscall.EDQUOT, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EEXIST, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EFAULT, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EFBIG, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EHOSTUNREACH, said{DestinationIPUnroutable, "firewall on the way rejects"}, said{dead, "way to the upstream"}},
	{syscall.EINPROGRESS, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EINTR, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EINVAL, said{ownSet, "check the target"}, said{ownSelf, "cause"}},
	{syscall.EIO, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EISCONN, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.EISDIR, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ELOOP, said{ownSet, "path"}, said{ownSelf, "cause"}},
	{syscall.EMFILE, said{ownSelf, "descriptor"}, said{ownSelf, "descriptor"}},
	{syscall.EMSGSIZE, said{DestinationIPUnroutable, "MTU"}, said{dead, "way to the upstream"}},
	{syscall.ENAMETOOLONG, said{ownSet, "path"}, said{ownSelf, "cause"}},
	{syscall.ENETDOWN, said{DestinationIPUnroutable, "interface"}, said{dead, "way to the upstream"}},
	{syscall.ENETRESET, said{dead, "firewall on the way"}, said{dead, "reset"}},
	{syscall.ENETUNREACH, said{DestinationIPUnroutable, "route to the network"}, said{dead, "way to the upstream"}},
	{syscall.ENFILE, said{ownSelf, "machine has no free file"}, said{ownSelf, "machine has no free file"}},
	{syscall.ENOBUFS, said{ownSelf, "memory"}, said{ownSelf, "memory"}},
	{syscall.ENODEV, said{DestinationIPUnroutable, "interface"}, said{dead, "way to the upstream"}},
	{syscall.ENOENT, said{DestinationUnavailable, "does not exist"}, said{ownSelf, "cause"}},
	{syscall.ENOMEM, said{ownSelf, "memory"}, said{ownSelf, "memory"}},
	{syscall.ENOPROTOOPT, said{DestinationIPUnroutable, "no TCP"}, said{dead, "way to the upstream"}},
	{syscall.ENOSPC, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ENOSYS, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ENOTCONN, said{dead, "firewall on the way"}, said{dead, "reset"}},
	{syscall.ENOTDIR, said{DestinationUnavailable, "does not exist"}, said{ownSelf, "cause"}},
	{syscall.ENOTSOCK, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ENXIO, said{DestinationIPUnroutable, "interface"}, said{dead, "way to the upstream"}},
	{syscall.EOPNOTSUPP, said{DestinationIPUnroutable, "no TCP"}, said{dead, "way to the upstream"}},
	{syscall.EPERM, said{DestinationIPProhibited, "firewall"}, said{dead, "forbids"}},
	{syscall.EPIPE, said{dead, "firewall on the way"}, said{dead, "reset"}},
	{syscall.EPROTO, said{DestinationIPUnroutable, "no TCP"}, said{dead, "way to the upstream"}},
	{syscall.EPROTONOSUPPORT, said{DestinationIPUnroutable, "address family switched off"}, said{ownSelf, "cause"}},
	{syscall.EPROTOTYPE, said{ownSet, "no stream socket"}, said{dead, "reset"}},
	{syscall.EROFS, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ESTALE, said{ownSelf, "cause"}, said{ownSelf, "cause"}},
	{syscall.ETIMEDOUT, said{ConnectionTimeout, "no answer to the connection"}, said{ConnectionReadTimeout, "silent"}},
}

// lastResorts are hints of the step alone, and of a dialler that says nothing: an errno never ends there.
var lastResorts = []string{
	"Control hook", "see what the dialler says", "without an answer", "could not be looked up", "TLS handshake with the upstream failed",
	"to its end", "could not be understood", "did not take the upstream's answer", "refused the request before a connection",
}

func checkSaid(t *testing.T, err error, f Facts, want said) {
	t.Helper()
	d := Of(err, f)
	if d.Type != want.Type || d.Party != Site || !strings.Contains(d.Hint, want.hint) {
		t.Errorf("%v (%T) at step %d: got %+v, want %+v", err, err, f.Step, d, want)
	}
	for _, last := range lastResorts {
		if strings.Contains(d.Hint, last) && want.hint != last {
			t.Errorf("%v at step %d reached the last resort: %q", err, f.Step, d.Hint)
		}
	}
	if f.Step < StepConn && d.Outcome != NotSent || f.Step >= StepConn && d.Outcome == NotSent {
		t.Errorf("%v at step %d: outcome %q", err, f.Step, d.Outcome)
	}
}

// TestErrnos: each errno, met by a dialler, by one that says nothing of dialling, by one behind a
// forward proxy, and on a connection that stands.
func TestErrnos(t *testing.T) {
	t.Parallel()
	seen := map[syscall.Errno]bool{}
	for _, c := range errnos {
		if seen[c.errno] {
			t.Errorf("%v is listed twice", c.errno)
		}
		seen[c.errno] = true
		proxied := said{c.dial.Type, "the forward proxy: "}
		checkSaid(t, byIP(c.errno), atDial, c.dial)
		checkSaid(t, fmt.Errorf("x: %w", byIP(c.errno)), atPool, c.dial)
		checkSaid(t, &net.OpError{Op: "dial", Net: "tcp", Err: c.errno}, atDial, c.dial)
		checkSaid(t, opError("proxyconnect", byIP(c.errno)), atDial, proxied)
		if c.errno != syscall.EAGAIN { // of a network that nobody names it is the queue of a Unix socket
			checkSaid(t, fmt.Errorf("x: %w", c.errno), atPool, c.dial)
			checkSaid(t, errno("connect", c.errno), atDial, c.dial)
		}
		checkSaid(t, reads(c.errno), atWait, c.kept)
		checkSaid(t, reads(c.errno), reading, c.kept)
		checkSaid(t, fmt.Errorf("x: %w", c.errno), atWait, c.kept)
		if c.kept.Type == ConnectionReadTimeout {
			c.kept.Type = ConnectionWriteTimeout
		} else if c.kept.hint == "reset" {
			c.kept.hint = "upload"
		}
		checkSaid(t, writes(c.errno), atUpload, c.kept)
		checkSaid(t, opError("readfrom", writes(c.errno)), atUpload, said{Type: c.kept.Type})
	}
}

// TestErrnosByPlace: what an errno means where it is met elsewhere than in an IPv4 connect.
func TestErrnosByPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		place func(syscall.Errno) error
		errno syscall.Errno
		want  said
	}{
		{"a socket file that others may not open", byFile, syscall.EACCES, said{ownSet, "permission to open the upstream's socket"}},
		{"a socket file that a policy forbids", byFile, syscall.EPERM, said{ownSet, "permission to open the upstream's socket"}},
		{"a full queue of a Unix socket", byFile, syscall.EAGAIN, said{DestinationUnavailable, "queue"}},
		{"a socket file without a server", byFile, syscall.ECONNREFUSED, said{ConnectionRefused, "behind the socket file"}},
		{"no socket file", byFile, syscall.ENOENT, said{DestinationUnavailable, "does not exist"}},
		{"a datagram socket", byFile, syscall.EPROTOTYPE, said{ownSet, "datagram"}},
		{"a file that is no socket", byFile, syscall.ENOTSOCK, said{ownSet, "no socket"}},
		{"a long path", byFile, syscall.EINVAL, said{ownSet, "longer"}},
		{"a path in circles", byFile, syscall.ELOOP, said{ownSet, "links"}},
		{"no Unix sockets", byFile, syscall.EAFNOSUPPORT, said{ownSet, "Unix sockets"}},
		{"IPv6 without an address", byIPv6, syscall.EADDRNOTAVAIL, said{DestinationIPUnroutable, "IPv6"}},
		{"IPv6 switched off", dialled("tcp", "socket", ipv6), syscall.EAFNOSUPPORT, said{DestinationIPUnroutable, "IPv6"}},
		{"IPv6 rejected on the way", byIPv6, syscall.EACCES, said{DestinationIPProhibited, "router on the way"}},
		{"IPv4 in the clothes of IPv6", dialled("tcp", "connect", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7).To16()}), syscall.EADDRNOTAVAIL, said{ownSelf, "no free local port"}},
		{"no socket by a sandbox", making, syscall.EPERM, said{ownSet, "seccomp"}},
		{"no socket by a policy", making, syscall.EACCES, said{ownSet, "SELinux"}},
		{"a LocalAddr of another machine", taking, syscall.EADDRNOTAVAIL, said{ownSet, "LocalAddr"}},
		{"a LocalAddr with a privileged port", taking, syscall.EACCES, said{ownSet, "LocalAddr"}},
		{"a LocalAddr whose ports are used", taking, syscall.EADDRINUSE, said{ownSelf, "port"}},
		{"descriptors used up", making, syscall.EMFILE, said{ownSelf, "descriptor"}},
		{"a number that no call has", byIP, syscall.EXDEV, said{ownSelf, "seccomp"}},
		{"a number that no manual has", making, 4095, said{ownSelf, "seccomp"}},
	} {
		t.Run(c.name, func(t *testing.T) { checkSaid(t, c.place(c.errno), atDial, c.want) })
	}
}

// TestErrnosOfLookUps: the look-up of names tells errnos by their texts alone.
func TestErrnosOfLookUps(t *testing.T) {
	t.Parallel()
	text := func(e syscall.Errno) string {
		return (&net.OpError{Op: "dial", Net: "udp", Addr: &net.UDPAddr{IP: net.IPv4(192, 0, 2, 53), Port: 53}, Err: os.NewSyscallError("socket", e)}).Error()
	}
	for _, c := range []struct {
		name   string
		err    net.DNSError
		status int
		phase  Phase
		want   said
	}{
		{"no descriptor", net.DNSError{Err: text(syscall.EMFILE), IsTemporary: true}, 503, "", said{ownSelf, "descriptor"}},
		{"no descriptor, says the C library", net.DNSError{Err: syscall.EMFILE.Error()}, 503, "", said{ownSelf, "descriptor"}},
		{"no descriptor on the machine", net.DNSError{Err: text(syscall.ENFILE)}, 503, "", said{ownSelf, "machine has no free file"}},
		{"no memory", net.DNSError{Err: text(syscall.ENOBUFS)}, 503, "", said{ownSelf, "memory"}},
		{"no local port", net.DNSError{Err: text(syscall.EADDRNOTAVAIL)}, 503, "", said{ownSelf, "port"}},
		{"nothing listens there", net.DNSError{Err: text(syscall.ECONNREFUSED)}, 502, Lookup, said{DNSError, "nothing listens at the resolver"}},
		{"no route", net.DNSError{Err: text(syscall.ENETUNREACH)}, 502, Lookup, said{DNSError, "cannot be asked: there is no route"}},
		{"a firewall", net.DNSError{Err: text(syscall.EPERM)}, 502, Lookup, said{DNSError, "cannot be asked: the connection is forbidden"}},
		{"no such name", net.DNSError{Err: "no such host", IsNotFound: true}, 502, Lookup, said{DNSError, "spelling"}},
		{"a name that quotes an errno", net.DNSError{Err: "no such host", Name: text(syscall.EMFILE), IsNotFound: true}, 502, Lookup, said{DNSError, "spelling"}},
		{"no such port", net.DNSError{Err: "unknown port", IsNotFound: true}, 500, "", said{ownSet, "port"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := opError("dial", &c.err)
			checkSaid(t, err, atLookup, c.want)
			if d := Of(err, atLookup); d.Status != c.status || d.Phase != c.phase {
				t.Errorf("got %+v", d)
			}
		})
	}
}

// TestErrnosInAuthorities: the file of authorities cannot be read, and that is no dial.
func TestErrnosInAuthorities(t *testing.T) {
	t.Parallel()
	for _, e := range []syscall.Errno{syscall.EACCES, syscall.EMFILE} {
		checkSaid(t, noRoots(&fs.PathError{Op: "open", Path: "/etc/ssl/cert.pem", Err: e}), atTLS, said{ownSet, "ca-certificates"})
	}
	checkSaid(t, noRoots(nil), atTLS, said{ownSet, "ca-certificates"})
}
