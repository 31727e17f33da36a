package upstreamtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Limit is how long a transport of [Upstream.Transport] waits for a connection, for the
// TLS handshake and for an answer, where waiting in vain is the case. In other cases it
// waits ten times longer, so that a slow machine does not turn them into timeouts.
const Limit = 700 * time.Millisecond

// maxHeaderBytes is what a transport takes of a response head.
const maxHeaderBytes = 16 << 10

// An Upstream fails as its [Case] says, until it is closed.
type Upstream struct {
	URL *url.URL // the target for the proxy under test

	limit    time.Duration
	dialer   *net.Dialer
	roots    *x509.CertPool
	settings []func(*http.Transport) // what the case needs of a transport
	open     context.Context         // ends at Close
	close    context.CancelFunc
	work     sync.WaitGroup // what Close waits for
	mu       sync.Mutex
	received []*[]byte // what each connection brought
}

// Start starts the upstream of the case with that name.
func Start(name string) (*Upstream, error) {
	for _, c := range Cases() {
		if c.Name != name {
			continue
		}
		u := &Upstream{limit: 10 * Limit, dialer: newDialer(), roots: x509.NewCertPool()}
		u.open, u.close = context.WithCancel(context.Background())
		if err := c.start(u); err != nil {
			u.Close()
			return nil, fmt.Errorf("upstreamtest: starting %s: %w", name, err)
		}
		return u, nil
	}
	return nil, fmt.Errorf("upstreamtest: there is no case %q", name)
}

// Transport returns a new transport that reaches u, or fails to as the case says. The
// caller closes its idle connections.
func (u *Upstream) Transport() *http.Transport {
	dialer := *u.dialer
	dialer.Timeout = u.limit
	t := &http.Transport{
		DialContext:            u.until(dialer.DialContext),
		TLSClientConfig:        &tls.Config{RootCAs: u.roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    u.limit,
		ResponseHeaderTimeout:  u.limit,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	for _, set := range u.settings {
		set(t)
	}
	return t
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

// until is to dial until Close: net/http goes on dialling when nobody waits any more.
func (u *Upstream) until(to dial) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(u.open, cancel)()
		return to(ctx, network, address)
	}
}

// Close ends all connections of u and waits until all is freed.
func (u *Upstream) Close() {
	u.close()
	u.work.Wait()
}

// inVain makes a case one of waiting in vain.
func inVain(start func(*Upstream) error) func(*Upstream) error {
	return func(u *Upstream) error {
		u.limit = Limit
		return start(u)
	}
}

// with makes a case need something of its transports.
func with(set func(*Upstream, *http.Transport), start func(*Upstream) error) func(*Upstream) error {
	return func(u *Upstream) error {
		u.settings = append(u.settings, func(t *http.Transport) { set(u, t) })
		return start(u)
	}
}

// hold runs release at Close.
func (u *Upstream) hold(release func()) {
	u.work.Go(func() {
		<-u.open.Done()
		release()
	})
}
