package diagnosis

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
)

// A kind is what an error number of a system call says, by whatever name a system has for it.
// The zero value is none.
type kind uint8

const (
	kindUnusual    kind = iota + 1 // a number that connect, bind, socket, read and write do not have
	kindRefused                    // ECONNREFUSED
	kindReset                      // ECONNRESET and its brothers
	kindSilent                     // ETIMEDOUT
	kindFull                       // EAGAIN
	kindNoHost                     // EHOSTUNREACH, EHOSTDOWN
	kindNoNetwork                  // ENETUNREACH
	kindNetDown                    // ENETDOWN
	kindNoProtocol                 // what ICMP says of the protocol
	kindTooLong                    // EMSGSIZE
	kindForbidden                  // EACCES, EPERM
	kindNoAddress                  // EADDRNOTAVAIL
	kindInUse                      // EADDRINUSE
	kindNoFamily                   // EAFNOSUPPORT and its brothers
	kindNoFiles                    // EMFILE
	kindNoFilesAll                 // ENFILE
	kindNoMemory                   // ENOBUFS, ENOMEM
	kindInvalid                    // EINVAL
	kindNoFile                     // ENOENT, ENOTDIR
	kindNoPath                     // ENAMETOOLONG, ELOOP
	kindOtherType                  // EPROTOTYPE
	kindNoSocket                   // ENOTSOCK
	kindMisused                    // calls that a sound program does not make, and files that are no sockets
)

// A place is where an error number was met, as far as that changes what it means.
type place uint8

const (
	atFile   place = 1 << iota // a Unix socket
	atTCP                      // over IP
	atIPv6                     // over IPv6
	atSocket                   // a socket was to be made
	atBind                     // the dialler's own address was to be taken
)

// placesOf reads the innermost network error of a chain, which knows best.
func placesOf(err error) (at place) {
	for {
		op, ok := errors.AsType[*net.OpError](err)
		if !ok {
			break
		}
		err, at = op.Err, 0
		switch {
		case strings.HasPrefix(op.Net, "unix"):
			at = atFile
		case strings.HasPrefix(op.Net, "tcp"):
			at = atTCP
		}
		if tcp, ok := op.Addr.(*net.TCPAddr); ok && tcp != nil && tcp.IP.To4() == nil && len(tcp.IP) == net.IPv6len {
			at |= atIPv6
		}
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		switch call.Syscall {
		case "socket", "wsasocket", "setsockopt":
			at |= atSocket
		case "bind":
			at |= atBind
		}
	}
	return at
}

const (
	hintForbidden = "the connection is forbidden by a firewall rule, a route, SELinux or the service's own sandbox on the gateway; over IPv6 a router on the way may say so, too"
	hintMisused   = "the gateway's own dialler or socket failed, by a system call that no upstream makes fail so: see the cause, and what seccomp or a sandbox forbids"
	hintMemory    = "the gateway's machine has no memory left for its sockets, or on Windows no free local port: look at its load and limits"
	hintFiles     = "the gateway has no free file descriptor: raise the limit"
	hintFilesAll  = "the gateway's machine has no free file descriptor: raise the limit"
	hintPorts     = "the gateway has no free local port or address: keep connections, or add addresses"
)

// An answer is what is told of an error number.
type answer struct {
	kind
	at place // only where all of these hold; 0: anywhere
	Type
	status int // 0: the type's own
	hint   string
}

// dialAnswers are for connect, bind and socket. The first that fits decides.
var dialAnswers = []answer{
	{kindRefused, atFile, ConnectionRefused, 0, "nothing listens behind the socket file, or on some systems its queue is full: check that the upstream runs, and the path"},
	{kindRefused, 0, ConnectionRefused, 0, "nothing listens there, or a firewall rejects it: check that the upstream runs, and its port"},
	{kindReset, 0, ConnectionTerminated, 0, "the connection was reset while it was opened: look for a firewall on the way"},
	{kindSilent, 0, ConnectionTimeout, 0, hintNoAnswer},
	{kindFull, atTCP, ProxyInternalError, http.StatusServiceUnavailable, hintPorts},
	{kindFull, 0, DestinationUnavailable, 0, "the queue of the upstream's socket is full: it takes connections too slowly; look at its load, its workers and its backlog"},
	{kindNoHost, 0, DestinationIPUnroutable, 0, "there is no route to the host, no machine has the address, or a firewall on the way rejects the connection: check the address, the network and the firewalls"},
	{kindNoNetwork, 0, DestinationIPUnroutable, 0, "there is no route to the network, or a firewall on the way says so: check the address, the network and its gateway"},
	{kindNetDown, 0, DestinationIPUnroutable, 0, "a network interface of the gateway's machine is down or missing: look at that"},
	{kindNoProtocol, 0, DestinationIPUnroutable, 0, "the host or a router on the way takes no TCP for that address: check the address and the firewalls"},
	{kindTooLong, 0, DestinationIPUnroutable, 0, "the way to the upstream takes no packet of that size: check the MTU, of tunnels above all"},
	{kindForbidden, atFile, ProxyConfigurationError, 0, "the gateway has no permission to open the upstream's socket: check owner and mode of the socket file and of all directories above it, then SELinux or AppArmor"},
	{kindForbidden, atSocket, ProxyConfigurationError, 0, "the gateway has no permission to make such a socket: check seccomp, SELinux, AppArmor and the service's own sandbox"},
	{kindForbidden, atBind, ProxyConfigurationError, 0, "the gateway has no permission to take the dialler's LocalAddr: check its port"},
	{kindForbidden, 0, DestinationIPProhibited, 0, hintForbidden},
	{kindNoAddress, atBind, ProxyConfigurationError, 0, "the dialler's LocalAddr is no address of the gateway's machine: check it"},
	{kindNoAddress, atIPv6, DestinationIPUnroutable, 0, "the gateway's machine has no IPv6 address to come from: switch IPv6 on, or name the upstream by an IPv4 address; if IPv6 is on, no local port is free"},
	{kindNoAddress, 0, ProxyInternalError, http.StatusServiceUnavailable, hintPorts},
	{kindInUse, 0, ProxyInternalError, http.StatusServiceUnavailable, hintPorts},
	{kindNoFamily, atFile, ProxyConfigurationError, 0, "the gateway cannot make Unix sockets: its system has none, or its service may not (RestrictAddressFamilies)"},
	{kindNoFamily, 0, DestinationIPUnroutable, 0, "the gateway has that address family switched off, mostly IPv6: switch it on, let the service use it (RestrictAddressFamilies), or name the upstream by an address of the other family"},
	{kindNoFiles, 0, ProxyInternalError, http.StatusServiceUnavailable, hintFiles},
	{kindNoFilesAll, 0, ProxyInternalError, http.StatusServiceUnavailable, hintFilesAll},
	{kindNoMemory, 0, ProxyInternalError, http.StatusServiceUnavailable, hintMemory},
	{kindInvalid, atFile, ProxyConfigurationError, 0, "the path of the upstream's socket cannot be dialled: it is empty, or longer than about a hundred bytes"},
	{kindInvalid, 0, ProxyConfigurationError, 0, "the address cannot be dialled: check the target and the routes"},
	{kindNoFile, 0, DestinationUnavailable, 0, "the upstream's socket file does not exist: check that it runs, and the path"},
	{kindNoPath, 0, ProxyConfigurationError, 0, "the path of the upstream's socket cannot be followed: check its length and its links"},
	{kindOtherType, 0, ProxyConfigurationError, 0, "what is at the path is no stream socket, perhaps a datagram socket as of a logger: check the path"},
	{kindNoSocket, atFile, ProxyConfigurationError, 0, "what is at the path is no socket: check the path"},
	{kindNoSocket, 0, ProxyInternalError, 0, hintMisused},
	{kindMisused, 0, ProxyInternalError, 0, hintMisused},
	{kindUnusual, 0, ProxyInternalError, 0, hintMisused},
}

const hintWay = "the way to the upstream broke while the connection was in use: look at routes, interfaces and firewalls"

// keptAnswers are for read and write on a connection that stands.
var keptAnswers = []answer{
	{kindNoHost, 0, ConnectionTerminated, 0, hintWay},
	{kindNoNetwork, 0, ConnectionTerminated, 0, hintWay},
	{kindNetDown, 0, ConnectionTerminated, 0, hintWay},
	{kindNoProtocol, 0, ConnectionTerminated, 0, hintWay},
	{kindTooLong, 0, ConnectionTerminated, 0, hintWay},
	{kindNoAddress, 0, ConnectionTerminated, 0, hintWay},
	{kindForbidden, 0, ConnectionTerminated, 0, "a firewall or a sandbox on the gateway's machine forbids what is sent on a connection that was open: look at its rules"},
	{kindNoFiles, 0, ProxyInternalError, http.StatusServiceUnavailable, hintFiles},
	{kindNoFilesAll, 0, ProxyInternalError, http.StatusServiceUnavailable, hintFilesAll},
	{kindNoMemory, 0, ProxyInternalError, http.StatusServiceUnavailable, hintMemory},
}

// answerTo returns what is told of a kind, or nil.
func answerTo(answers []answer, k kind, at place) *answer {
	for i := range answers {
		if a := &answers[i]; a.kind == k && a.at&at == a.at {
			return a
		}
	}
	return nil
}

func (a *answer) diagnosis(f Facts) Diagnosis {
	d := ofStep(a.Type, f).hint(a.hint)
	if a.status != 0 {
		d.Status = a.status
	}
	return d
}

// ofErrno decides by what the kernel says to a dialler, also one that does not say "dial".
func ofErrno(err error, f Facts) (Diagnosis, bool) {
	a := answerTo(dialAnswers, kindOf(err), placesOf(err))
	if a == nil {
		return Diagnosis{}, false
	}
	d := a.diagnosis(f)
	if a.Type == ConnectionTerminated {
		d.Phase = Connect
	}
	return d, true
}

// ofBroken decides by what the kernel says to read and write.
func ofBroken(err error, f Facts) (Diagnosis, bool) {
	k := kindOf(err)
	switch k {
	case 0:
		return Diagnosis{}, false
	case kindReset, kindRefused, kindOtherType: // macOS says EPROTOTYPE to whoever writes as the peer closes
		return ofStep(ConnectionTerminated, f).hint(resetHint(f)), true
	case kindSilent, kindFull:
		return ofSilence(err, f), true
	}
	if a := answerTo(keptAnswers, k, 0); a != nil {
		return a.diagnosis(f), true
	}
	return ofStep(ProxyInternalError, f).hint(hintMisused), true
}

// ofSilence names a connection on which nothing moves.
func ofSilence(err error, f Facts) Diagnosis {
	t := ConnectionReadTimeout
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "write" || op.Op == "readfrom") {
		t = ConnectionWriteTimeout
	}
	return ofStep(t, f).hint("the connection to the upstream fell silent")
}
