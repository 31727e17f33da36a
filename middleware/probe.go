package middleware

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/evidence"
)

// probe returns how to find out whether the upstream of a failed exchange works again:
// by the host program's own way, else by a bare connection where that is what failed.
func (x *exchange) probe(d diagnosis.Diagnosis, upstream string) evidence.Probe {
	if ask := x.mw.config.Probe; ask != nil {
		return func(ctx context.Context) error { return ask(ctx, upstream) }
	}
	if !d.Unreached() {
		return nil
	}
	base, out := x.witness.direct()
	if base == nil {
		return nil // it has ways of its own to connect
	}
	if len(out.URL.Host) > maxHost {
		return nil // no such host can be found
	}
	// The probe outlives the request, of whose line the host may be a piece.
	secure, host, port := out.URL.Scheme == "https", strings.Clone(out.URL.Hostname()), out.URL.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[secure]
	}
	address := net.JoinHostPort(host, port)
	return func(ctx context.Context) error { return connect(ctx, base, address, host, secure) }
}

// direct returns the transport and the request of the last RoundTrip where it connects to
// the request's own host, as net/http does without a forward proxy; else nil.
func (t *witness) direct() (*http.Transport, *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.out == nil || t.out.URL == nil {
		return nil, nil
	}
	base, ok := t.last.base.(*http.Transport)
	if !ok || t.out.URL.Scheme != "http" && t.out.URL.Scheme != "https" {
		return nil, nil
	}
	if base.Proxy != nil {
		if via, err := base.Proxy(t.out); via != nil || err != nil {
			return nil, nil
		}
	}
	return base, t.out
}

// connect opens a connection as the transport would, and closes it.
func connect(ctx context.Context, base *http.Transport, address, host string, secure bool) error {
	dial := base.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	if secure && base.DialTLSContext != nil {
		dial, secure = base.DialTLSContext, false
	}
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if !secure {
		return nil
	}
	config := &tls.Config{}
	if base.TLSClientConfig != nil {
		config = base.TLSClientConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	return tls.Client(conn, config).HandshakeContext(ctx)
}
