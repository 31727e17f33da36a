package upstreamtest

import (
	"syscall"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func connectCases() []Case {
	refused := Case{
		Name:  "connection_refused",
		About: "Nothing listens on the port of the upstream.",
		Want:  unconnected(diagnosis.ConnectionRefused, 502, "port"),
		start: refuse,
	}
	timeout := unconnected(diagnosis.ConnectionTimeout, 504, "firewall")
	return []Case{
		refused,
		withBody(refused),
		{
			Name: "connection_timeout", Want: timeout, start: inVain(fillQueue),
			About: "The upstream's queue is full: it never takes the connection.",
		},
		{
			Name: "connection_deadline", Want: timeout, start: fillQueue, ResponseTimeout: Limit,
			About: "The gateway's patience ends before the upstream takes the connection.",
		},
		{
			Name:  "destination_ip_unroutable",
			About: "There is no route to the upstream's network; the dialler plays the kernel's answer.",
			Want:  unconnected(diagnosis.DestinationIPUnroutable, 502, "route"),
			start: kernel("connect", syscall.ENETUNREACH),
		},
		{
			Name:  "destination_ip_unroutable_host",
			About: "No machine has the upstream's address, or a firewall says so; the dialler plays the kernel's answer.",
			Want:  unconnected(diagnosis.DestinationIPUnroutable, 502, "firewall"),
			start: kernel("connect", syscall.EHOSTUNREACH),
		},
		{
			Name:  "destination_ip_unroutable_family",
			About: "The gateway may not use the family of the upstream's address, such as IPv6; the dialler plays the kernel's answer.",
			Want:  unconnected(diagnosis.DestinationIPUnroutable, 502, "family"),
			start: kernel("socket", syscall.EAFNOSUPPORT),
		},
		{
			Name:  "connection_reset_at_accept",
			About: "The upstream takes the connection and resets it as the request comes, without reading that.",
			Want:  unanswered(diagnosis.ConnectionTerminated, 502, "reset"),
			start: serve("http", resetsUnread),
		},
	}
}

func socketCases() []Case {
	return []Case{
		{
			Name: "socket_missing", Want: unconnected(diagnosis.DestinationUnavailable, 503, "socket"), start: socketMissing,
			About: "The socket file of the upstream does not exist.",
		},
		{
			Name: "socket_abandoned", Want: unconnected(diagnosis.ConnectionRefused, 502, "runs"), start: socketAbandoned,
			About: "The socket file of the upstream is there, but the server behind it is not.",
		},
		{
			Name: "socket_forbidden", Want: atGateway(diagnosis.ProxyConfigurationError, 500, "permission"), start: socketKernel(syscall.EACCES),
			About: "The gateway has no permission to open the socket file of the upstream; the dialler plays the kernel's answer.",
		},
		{
			Name: "socket_other_type", Want: atGateway(diagnosis.ProxyConfigurationError, 500, "stream"), start: socketKernel(syscall.EPROTOTYPE),
			About: "The socket file is that of a datagram socket, as loggers have; the dialler plays the kernel's answer.",
		},
		{
			Name: "socket_queue_full", Want: unconnected(diagnosis.DestinationUnavailable, 503, "queue"), start: socketKernel(syscall.EAGAIN),
			About: "The upstream takes connections from its socket file too slowly: its queue is full; the dialler plays the kernel's answer.",
		},
	}
}

// gatewayCases are those where the gateway itself, or its machine, stands in the way.
// Where it lacks something, the fault is not in the cycle towards the upstream: so there
// is no phase.
func gatewayCases() []Case {
	prohibited := func(hint string) diagnosis.Diagnosis {
		return unconnected(diagnosis.DestinationIPProhibited, 502, hint)
	}
	return []Case{
		{
			Name: "destination_ip_prohibited", Want: prohibited("firewall"), start: kernel("connect", syscall.EACCES),
			About: "A route on the gateway's machine forbids the upstream's address; the dialler plays the kernel's answer.",
		},
		{
			Name: "destination_ip_prohibited_firewall", Want: prohibited("firewall"), start: kernel("connect", syscall.EPERM),
			About: "A firewall on the gateway's machine forbids the connection; the dialler plays the kernel's answer.",
		},
		{
			Name: "destination_ip_prohibited_policy", Want: prohibited("policy"), start: forbid(policy()),
			About: "The host program's own policy forbids the upstream's address.",
		},
		{
			Name: "gateway_ports_exhausted", Want: atGateway(diagnosis.ProxyInternalError, 503, "port"), start: kernel("connect", syscall.EADDRNOTAVAIL),
			About: "The gateway's machine has no free port for another connection; the dialler plays the kernel's answer.",
		},
		{
			Name: "gateway_files_exhausted", Want: atGateway(diagnosis.ProxyInternalError, 503, "limit"), start: kernel("socket", syscall.EMFILE),
			About: "The gateway has no free file descriptor for another connection; the dialler plays the kernel's answer.",
		},
		{
			Name:  "connection_limit_reached",
			About: "All connections that the gateway may have to the upstream are busy, and none gets free.",
			Want:  unconnected(diagnosis.ConnectionLimitReached, 503, "maxconnsperhost"),
			start: with(occupy, serve("http", answerForLong)), ResponseTimeout: Limit,
		},
	}
}
