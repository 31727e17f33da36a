package upstreamtest

import "github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"

// forwardCases are those of a forward proxy that does not connect. A gateway whose
// transport has no OnProxyConnectResponse is told the proxy's phrase alone, which anybody
// may choose: then all that is known is that there is no connection.
func forwardCases() []Case {
	forward := func(name, about string, want diagnosis.Diagnosis, start func(*Upstream) error) Case {
		return Case{Name: "forward_proxy_" + name, About: about, Want: want, start: start}
	}
	refused := unconnected(diagnosis.ConnectionRefused, 502, "proxy")
	const (
		wantsLogin = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"
		forbids    = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
		fails      = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
	)
	return []Case{
		forward("refused", "The forward proxy does not run.", refused, throughNothing),
		forward("login", "The forward proxy wants other credentials.",
			atGateway(diagnosis.ProxyConfigurationError, 500, "credentials"), with(explained, through("http", answer(wantsLogin)))),
		forward("login_unexplained", "The forward proxy wants other credentials, and the transport tells only its phrase.",
			refused, through("http", answer(wantsLogin))),
		forward("forbids", "The forward proxy forbids the upstream's address.",
			unconnected(diagnosis.DestinationIPProhibited, 502, "forbids"), with(explained, through("http", answer(forbids)))),
		forward("fails", "The forward proxy cannot reach the upstream, and the transport tells only its phrase.",
			refused, through("http", answer(fails))),
		forward("junk", "What listens in the forward proxy's place does not speak HTTP.",
			unconnected(diagnosis.HTTPProtocolError, 502, "proxy"), through("http", answer(junk))),
		forward("cut", "The forward proxy closes the connection without an answer.",
			unconnected(diagnosis.ConnectionTerminated, 502, "proxy"), through("http", answer(""))),
		forward("timeout", "The forward proxy never answers.",
			unconnected(diagnosis.ConnectionTimeout, 504, "proxy"), through("http", silence)).within(Limit),
	}
}

// tunnelCases are those of what comes behind a forward proxy, and of SOCKS.
func tunnelCases() []Case {
	const (
		noLogin   = "\x05\x00"
		noMethod  = "\x05\xff"
		noConnect = "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00" // connection refused
	)
	refused := unconnected(diagnosis.ConnectionRefused, 502, "socks")
	return []Case{
		{
			Name: "forward_proxy_certificate", Want: unconnected(diagnosis.TLSCertificateError, 502, "renew"), start: tunnel(expired),
			About: "The forward proxy connects, and the upstream's certificate has expired.",
		},
		{
			Name: "socks_refused", Want: refused, start: socks(noLogin, noConnect),
			About: "The SOCKS proxy cannot reach the upstream.",
		},
		{
			Name: "socks_login", Want: refused, start: socks(noMethod, ""),
			About: "The SOCKS proxy wants other credentials.",
		},
	}
}
