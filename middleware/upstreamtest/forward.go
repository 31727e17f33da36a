package upstreamtest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// through puts a forward proxy between the gateway and an upstream that is never
// reached. What the proxy gets is no part of a request to the upstream.
func through(scheme string, play player) func(*Upstream) error {
	return func(u *Upstream) error {
		address, err := u.listen(aside, play)
		u.via(&url.URL{Scheme: scheme, Host: address})
		return err
	}
}

func (u *Upstream) via(forward *url.URL) {
	u.URL = &url.URL{Scheme: "https", Host: upstreamName}
	u.settings = append(u.settings, func(t *http.Transport) { t.Proxy = http.ProxyURL(forward) })
}

// throughNothing puts a forward proxy in the way that does not run.
func throughNothing(u *Upstream) error {
	err := refuse(u)
	if err == nil {
		u.via(u.URL)
	}
	return err
}

// tunnel is a forward proxy that connects to an upstream whose certificate has the
// fault.
func tunnel(spoil fault) func(*Upstream) error {
	return func(u *Upstream) error {
		config, err := serverConfig(u, spoil)
		if err != nil {
			return err
		}
		return through("http", func(ctx context.Context, c *conn) {
			if c.request() == nil {
				c.say("HTTP/1.1 200 OK\r\n\r\n")
				u.secure(ctx, c, config, answer(noContent))
			}
		})(u)
	}
}

// socks is a SOCKS5 proxy (RFC 1928) that takes one of the greetings and says how the
// connection went.
func socks(greeting, outcome string) func(*Upstream) error {
	return through("socks5", func(_ context.Context, c *conn) {
		for _, text := range []string{greeting, outcome} {
			if _, err := c.Read(make([]byte, 1500)); err != nil {
				return
			}
			c.say(text)
		}
		c.finish()
	})
}

// explained makes transports say with types what net/http says with the proxy's own
// phrase. A program that uses a forward proxy should do as much.
func explained(_ *Upstream, t *http.Transport) {
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		failure := &diagnosis.Error{Err: fmt.Errorf("the forward proxy answered %d", res.StatusCode)}
		switch res.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusProxyAuthRequired:
			failure.Type, failure.Hint = diagnosis.ProxyConfigurationError, "the forward proxy wants other credentials"
		case http.StatusForbidden:
			failure.Type, failure.Hint = diagnosis.DestinationIPProhibited, "the forward proxy forbids the upstream's address"
		default:
			failure.Type, failure.Hint = diagnosis.ConnectionRefused, "the forward proxy could not connect"
		}
		return failure
	}
}
