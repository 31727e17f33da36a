package upstreamtest

import (
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	bodyType = "application/x-www-form-urlencoded"
	formBody = "order=1"
)

// site is a diagnosis by which the site must act. The status is written out, not taken
// from diagnosis: a test must not ask what it tests.
func site(t diagnosis.Type, status int, p diagnosis.Phase, o diagnosis.Outcome) diagnosis.Diagnosis {
	return diagnosis.Diagnosis{Type: t, Status: status, Phase: p, Party: diagnosis.Site, Outcome: o}
}

// withBody is c from a visitor who sends a form. It is what tells whether a POST may be
// repeated.
func withBody(c Case) Case {
	c.Name += "_post"
	c.About = strings.TrimSuffix(c.About, ".") + "; the visitor had sent a form."
	c.Method, c.body = http.MethodPost, formBody
	return c
}

func lookupCases() []Case {
	timeout := site(diagnosis.DNSTimeout, 504, diagnosis.Lookup, diagnosis.NotSent)
	failed := site(diagnosis.DNSError, 502, diagnosis.Lookup, diagnosis.NotSent)
	return []Case{
		{
			Name: "dns_error", Want: failed, start: resolve(rcodeNameError),
			About: "The name of the upstream does not exist.",
		},
		{
			Name: "dns_servfail", Want: failed, start: resolve(rcodeServerFailure),
			About: "The name server says that it has failed.",
		},
		{
			Name: "dns_timeout", Want: timeout, start: inVain(resolveNever),
			About: "The name server does not answer.",
		},
	}
}

func connectCases() []Case {
	refused := Case{
		Name:  "connection_refused",
		About: "Nothing listens on the port of the upstream.",
		Want:  site(diagnosis.ConnectionRefused, 502, diagnosis.Connect, diagnosis.NotSent),
		start: refuse,
	}
	return []Case{
		refused,
		withBody(refused),
		{
			Name:  "connection_timeout",
			About: "The upstream's queue is full: it never takes the connection.",
			Want:  site(diagnosis.ConnectionTimeout, 504, diagnosis.Connect, diagnosis.NotSent),
			start: inVain(fillQueue),
		},
		{
			Name:  "destination_ip_unroutable",
			About: "There is no route to the upstream's network; the dialler plays the kernel's answer.",
			Want:  site(diagnosis.DestinationIPUnroutable, 502, diagnosis.Connect, diagnosis.NotSent),
			start: unroutable,
		},
		{
			Name:  "connection_reset_at_accept",
			About: "The upstream takes the connection and resets it without reading.",
			Want:  site(diagnosis.ConnectionTerminated, 502, diagnosis.Receive, diagnosis.Undecided),
			start: serve("http", resetUnread),
		},
	}
}

func certificateCases() []Case {
	want := site(diagnosis.TLSCertificateError, 502, diagnosis.Connect, diagnosis.NotSent)
	return []Case{
		{
			Name: "tls_certificate_unknown_ca", Want: want, start: certify(unknownCA),
			About: "The upstream's certificate comes from an authority that the gateway does not know.",
		},
		{
			Name: "tls_certificate_expired", Want: want, start: certify(expired),
			About: "The upstream's certificate has expired.",
		},
		{
			Name: "tls_certificate_wrong_name", Want: want, start: certify(wrongName),
			About: "The upstream's certificate is for another name.",
		},
	}
}

func handshakeCases() []Case {
	want := func(t diagnosis.Type, status int) diagnosis.Diagnosis {
		return site(t, status, diagnosis.Connect, diagnosis.NotSent)
	}
	return []Case{
		{
			Name: "tls_protocol_error", Want: want(diagnosis.TLSProtocolError, 502), start: serve("https", answer(badRequest)),
			About: "The upstream speaks plain HTTP where TLS is expected.",
		},
		{
			Name: "tls_handshake_timeout", Want: want(diagnosis.ConnectionTimeout, 504), start: inVain(serve("https", silence)),
			About: "The upstream takes the connection and never answers the TLS greeting.",
		},
		{
			Name: "tls_handshake_cut", Want: want(diagnosis.ConnectionTerminated, 502), start: serve("https", answer("")),
			About: "The upstream closes the connection in the middle of the TLS handshake.",
		},
		{
			Name: "tls_alert_received", Want: want(diagnosis.TLSAlertReceived, 502), start: serve("https", answer(versionAlert)),
			About: "The upstream refuses the TLS version with an alert.",
		},
		{
			Name:  "tls_on_plain_port",
			About: "The target says http:// but the upstream speaks TLS.",
			Want:  site(diagnosis.HTTPProtocolError, 502, diagnosis.Receive, diagnosis.Answered),
			start: serve("http", answer(versionAlert)),
		},
	}
}

func waitCases() []Case {
	terminated := Case{
		Name:  "connection_terminated",
		About: "The upstream reads the request and closes the connection without an answer.",
		Want:  site(diagnosis.ConnectionTerminated, 502, diagnosis.Receive, diagnosis.Undecided),
		start: serve("http", answer("")),
	}
	timeout := Case{
		Name:  "http_response_timeout",
		About: "The upstream reads the request and never answers.",
		Want:  site(diagnosis.HTTPResponseTimeout, 504, diagnosis.Receive, diagnosis.Undecided),
		start: inVain(serve("http", silence)),
	}
	return []Case{terminated, withBody(terminated), timeout, withBody(timeout)}
}
