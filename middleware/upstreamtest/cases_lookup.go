package upstreamtest

import (
	"syscall"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func lookupCases() []Case {
	resolver := unfound(diagnosis.DNSError, 502, "resolver")
	timeout := unfound(diagnosis.DNSTimeout, 504, "resolver")
	return []Case{
		{
			Name: "dns_error", Want: unfound(diagnosis.DNSError, 502, "spelling"), start: resolve(rcodeNameError),
			About: "The name of the upstream does not exist.",
		},
		{
			Name: "dns_no_data", Want: unfound(diagnosis.DNSError, 502, "address"), start: with(onlyIPv4, resolve(rcodeNone)),
			About: "The name of the upstream has only an IPv6 address, and the gateway dials IPv4.",
		},
		{
			Name: "dns_servfail", Want: resolver, start: resolve(rcodeServerFailure),
			About: "The name server says that it has failed.",
		},
		{
			Name: "dns_refused", Want: resolver, start: resolve(rcodeRefused),
			About: "The name server refuses to answer this gateway.",
		},
		{
			Name: "dns_resolver_closed", Want: resolver, start: resolveClosed,
			About: "No name server runs at the address where the gateway asks.",
		},
		{
			Name: "dns_gateway_files_exhausted", Want: atGateway(diagnosis.ProxyInternalError, 503, "descriptor"), start: resolveWithout(syscall.EMFILE),
			About: "The gateway has no free file descriptor to ask its name server; the resolver plays the kernel's answer.",
		},
		{
			Name: "dns_junk", Want: resolver, start: resolveJunk,
			About: "What answers in the name server's place does not speak DNS.",
		},
		{
			Name: "dns_timeout", Want: timeout, start: inVain(resolveNever),
			About: "The name server does not answer.",
		},
		{
			Name: "dns_deadline", Want: timeout, start: resolveNever, ResponseTimeout: Limit,
			About: "The gateway's patience ends before the name server answers.",
		},
	}
}
