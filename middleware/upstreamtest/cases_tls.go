package upstreamtest

import (
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	versionAlert = "\x15\x03\x01\x00\x02\x02\x46" // a fatal TLS alert, protocol_version (70)
	halfRecord   = "\x16\x03\x03\x00\x64\x02\x00\x00\x60\x03\x03"
	badRequest   = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	noContent    = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
)

// oldHello is how a server greets that knows nothing newer than TLS 1.0: a record with a
// ServerHello of that version, 32 random bytes, no session, a cipher suite, no compression.
func oldHello() string {
	return "\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" + strings.Repeat("r", 32) + "\x00\xc0\x13\x00"
}

func certificateCases() []Case {
	certified := func(name, about, hint string, spoil fault) Case {
		return Case{Name: "tls_certificate_" + name, About: about, Want: unconnected(diagnosis.TLSCertificateError, 502, hint), start: certify(spoil)}
	}
	return []Case{
		certified("unknown_ca", "The upstream's certificate comes from an authority that the gateway does not know.", "rootcas", unknownCA),
		certified("self_signed", "The upstream has signed its certificate itself.", "rootcas", selfSigned),
		certified("expired", "The upstream's certificate has expired.", "renew", expired),
		certified("not_yet_valid", "The upstream's certificate is not valid yet.", "clock", notYetValid),
		certified("wrong_name", "The upstream's certificate is for another name.", "name", wrongName),
		{
			Name: "tls_certificate_malformed", Want: unconnected(diagnosis.TLSCertificateError, 502, "malformed"), start: unparsable,
			About: "The upstream's certificate has a negative serial number: Go does not read it.",
		},
		certified("wrong_usage", "The upstream's certificate is for clients, not for servers.", "usage", wrongUsage),
	}
}

func handshakeCases() []Case {
	handshake := func(name, about string, t diagnosis.Type, hint string, start func(*Upstream) error) Case {
		return Case{Name: name, About: about, Want: unconnected(t, 502, hint), start: start}
	}
	const alert = diagnosis.TLSAlertReceived
	timeout := unconnected(diagnosis.ConnectionTimeout, 504, "handshake")
	return []Case{
		{
			Name: "tls_handshake_timeout", Want: timeout, start: inVain(serve("https", silence)),
			About: "The upstream takes the connection and never answers the TLS greeting.",
		},
		{
			Name: "tls_handshake_deadline", Want: timeout, start: serve("https", silence), ResponseTimeout: Limit,
			About: "The gateway's patience ends before the upstream answers the TLS greeting.",
		},
		handshake("tls_handshake_cut", "The upstream closes the connection in the middle of the TLS handshake.",
			diagnosis.ConnectionTerminated, "handshake", serve("https", answer(""))),
		handshake("tls_handshake_reset", "The upstream resets the connection in the middle of the TLS handshake.",
			diagnosis.ConnectionTerminated, "handshake", serve("https", resetAfter(""))),
		handshake("tls_record_cut", "The upstream closes the connection in the middle of a TLS record.",
			diagnosis.ConnectionTerminated, "handshake", serve("https", answer(halfRecord))),
		handshake("tls_alert_received", "The upstream refuses the TLS version with an alert.",
			alert, "version", serve("https", answer(versionAlert))),
		handshake("tls_old_version", "The upstream knows nothing newer than TLS 1.0.",
			diagnosis.TLSProtocolError, "version", serve("https", answer(oldHello()))),
		handshake("tls_no_common_protocol", "The upstream speaks none of the protocols that the gateway offers with ALPN.",
			alert, "alpn", with(anyProtocol, demand(strangeALPN))),
		{
			Name: "tls_renegotiation", Want: unanswered(diagnosis.TLSProtocolError, 502, "client certificate"), start: renegotiate,
			About: "The upstream reads the request and then wants another TLS handshake, as for a client certificate.",
		},
		handshake("tls_client_certificate_tls12", "The upstream wants a client certificate, by TLS 1.2.",
			alert, "client certificate", demand(clientCertificateTLS12)),
		handshake("tls_client_certificate", "The upstream wants a client certificate, by TLS 1.3: the alert comes when the request is under way.",
			alert, "client certificate", demand(clientCertificate)),
	}
}

// bannerCases are those where TLS meets something else.
func bannerCases() []Case {
	banner := func(name, about, text, hint string) Case {
		return Case{Name: name, About: about, Want: unconnected(diagnosis.TLSProtocolError, 502, hint), start: serve("https", answer(text))}
	}
	return []Case{
		banner("tls_protocol_error", "The upstream speaks plain HTTP where TLS is expected.", badRequest, "http://"),
		banner("tls_protocol_error_ssh", "An SSH server listens where TLS is expected.", sshBanner, "ssh"),
		banner("tls_protocol_error_smtp", "A mail server listens where TLS is expected.", smtpBanner, "smtp"),
		banner("tls_protocol_error_junk", "The upstream answers the TLS greeting with bytes that are no protocol at all.", junk, "port"),
		says("tls_on_plain_port", "The target says http:// but the upstream speaks TLS.", versionAlert,
			answered(diagnosis.HTTPProtocolError, "https://")),
	}
}
