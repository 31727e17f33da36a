package middleware

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
)

// probe returns how to find out whether the upstream of a failed exchange works again:
// by the host program's own way, else by a bare connection where that is what failed.
// isLarge says that it keeps the request alive.
func (x *exchange) probe(d diagnosis.Diagnosis, upstream string) (probe evidence.Probe, isLarge bool) {
	if ask := x.mw.config.Probe; ask != nil {
		values := x.values()
		log := x.mw.config.Logger
		return func(ctx context.Context) (err error) {
			err = errPanicked
			defer caught(log, "Config.Probe")
			return ask(outliving{ctx, values}, upstream)
		}, values != nil
	}
	if !d.Unreached() {
		return nil, false
	}
	base, out := x.direct()
	if base == nil || len(out.URL.Host) > facts.MaxHost {
		return nil, false // it has ways of its own to connect, or no such host can be found
	}
	var values context.Context
	if callsHost(base) {
		values = x.values()
	}
	log := x.mw.config.Logger
	return func(ctx context.Context) (err error) {
		err = errPanicked
		defer caught(log, "a function of the transport")
		u, fault := url.Parse(upstream) // which is no piece of a request line
		if fault != nil {
			return fault
		}
		return connect(outliving{ctx, values}, base, u)
	}, values != nil
}

// callsHost reports that functions of the host program take part when the transport connects.
func callsHost(t *http.Transport) bool {
	//lint:ignore SA1019 somebody may still have it
	dials := t.DialContext != nil || t.Dial != nil || t.DialTLS != nil || t.DialTLSContext != nil
	return dials || t.TLSClientConfig != nil && t.TLSClientConfig.GetClientCertificate != nil
}

// direct returns the transport and the request of the last RoundTrip where it connects to
// the request's own host, as net/http does without a forward proxy; else nil. A Proxy
// function of the host program is asked by net/http alone, once per request.
func (x *exchange) direct() (*http.Transport, *http.Request) {
	via, out, byURL := x.recorder.Direct()
	base, ok := via.(*http.Transport)
	if !ok || out.URL.Scheme != "http" && out.URL.Scheme != "https" {
		return nil, nil
	}
	switch {
	case base.Proxy == nil:
	case choosesProxyByAddress(base):
		if via, err := base.Proxy(out); via != nil || err != nil {
			return nil, nil
		}
	case !byURL:
		return nil, nil
	}
	return base, out
}

// targetOf returns host and port to connect to.
func targetOf(u *url.URL) string { return net.JoinHostPort(u.Hostname(), facts.PortOf(u)) }

// connect opens a connection as the transport would, and closes it.
func connect(ctx context.Context, base *http.Transport, u *url.URL) error {
	secure := u.Scheme == "https"
	dial, withTLS := dialOf(base, secure)
	conn, err := dial(ctx, "tcp", targetOf(u))
	if err != nil {
		return err
	}
	if conn == nil {
		return errors.New("no connection and no error came of the dialler")
	}
	defer conn.Close()
	layer, isTLS := conn.(*tls.Conn) // which a dialler may leave to be shaken hands on
	switch {
	case !secure, withTLS && !isTLS:
		return nil
	case !withTLS:
		config := &tls.Config{}
		if base.TLSClientConfig != nil {
			config = base.TLSClientConfig.Clone()
		}
		if config.ServerName == "" {
			config.ServerName = u.Hostname()
		}
		layer = tls.Client(conn, config)
	}
	return layer.HandshakeContext(ctx)
}

// An outliving is a context for work that goes on when a request is over, with the values that
// the host program gave to the request: its functions may look there where to go.
type outliving struct {
	context.Context
	values context.Context // nil: there are none
}

// Value hides the exchange and its hooks: they are of a request that is over.
func (l outliving) Value(key any) any {
	if _, ours := key.(exchangeKey); ours || l.values == nil || facts.IsHook(key) {
		return nil
	}
	return l.values.Value(key)
}

// maxOutliving is how many bytes the head of a request has that is kept alive for its values.
const maxOutliving = 16 << 10

// values are those that the transport's request has, else the visitor's. They cannot be had
// without the request, which has to be a small one; nil: it is not.
func (x *exchange) values() context.Context {
	size := len(x.r.RequestURI)
	for name, lines := range x.r.Header {
		for _, line := range lines {
			size += len(name) + len(line)
		}
	}
	if size > maxOutliving {
		return nil
	}
	ctx := x.recorder.Context()
	if ctx == nil {
		ctx = x.r.Context()
	}
	return context.WithoutCancel(ctx)
}
