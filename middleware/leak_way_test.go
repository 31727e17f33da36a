package middleware_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// closedPort is one of an address of our own where nobody listens.
const closedPort = "9"

// errInside is what a part of the host program says.
var errInside = errors.New("cannot reach Wq7Error9zk at 127.83.61.29: \"Wq7Error9zk\"\r\n<b>Wq7Error9zk")

// wayLeaks are failures on the way to the upstream.
func wayLeaks() []leak {
	return []leak{
		{name: "a name that does not exist", handler: dialling(func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: insideHost, Server: "wq7nameserver9zk:53", IsNotFound: true}}
		})},
		{name: "a closed port", handler: dialling((&net.Dialer{}).DialContext)},
		{name: "a forbidden address", handler: dialling(func(context.Context, string, string) (net.Conn, error) {
			address := &net.TCPAddr{IP: net.ParseIP(insideAddress), Port: 9}
			return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: address, Err: os.NewSyscallError("connect", syscall.EPERM)}
		})},
		{name: "a dialler's own error", handler: dialling(func(context.Context, string, string) (net.Conn, error) { return nil, errInside })},
		{name: "a dialler's own diagnosis", handler: dialling(func(context.Context, string, string) (net.Conn, error) {
			return nil, &diagnosis.Error{Type: diagnosis.DestinationIPProhibited, Hint: "ask Wq7Operator9zk", Err: errInside}
		})},
		{name: "an unknown authority", handler: secured(false)},
		{name: "a certificate for another name", handler: secured(true)},
		{name: "plain HTTP where TLS is expected", handler: plainForTLS},
		{name: "a closed forward proxy", handler: forwarded("https", "127.83.61.30:"+closedPort)},
		{name: "a forward proxy that wants other credentials", handler: forwardedBy("https",
			"HTTP/1.1 407 Wq7ProxyWords9zk\r\nProxy-Authenticate: Basic realm=\"Wq7ProxyWords9zk\"\r\nContent-Length: 0\r\n\r\n")},
		{name: "a forward proxy that answers no HTTP", handler: forwardedBy("https", "Wq7ProxyWords9zk\r\n\r\n")},
		{name: "a forward proxy that answers in the upstream's place", replace: []int{503}, handler: forwardedBy("http",
			"HTTP/1.1 503 Wq7ProxyWords9zk\r\nVia: Wq7ProxyWords9zk\r\nContent-Length: 16\r\n\r\nWq7ProxyWords9zk")},
		{name: "a RoundTripper's own error", handler: tripping(func(*http.Request) error { return errInside })},
		{name: "a RoundTripper with a client of its own, whose error names the URL", handler: tripping(func(r *http.Request) error {
			return &url.Error{Op: "Get", URL: r.URL.Redacted(), Err: errInside}
		})},
		{name: "a RoundTripper's own diagnosis, of every type", handler: tripping(everyType())},
		{name: "an error of ModifyResponse", handler: modifying},
	}
}

func dialling(dial func(context.Context, string, string) (net.Conn, error)) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
	return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
		proxy, _ := insideProxy(t, "http", net.JoinHostPort(insideAddress, closedPort))
		proxy.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dial(ctx, network, net.JoinHostPort(insideAddress, closedPort))
		}
		return mw.Proxy(proxy), ""
	}
}

// secured puts TLS in the way; trusted: its authority is known.
func secured(trusted bool) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
	return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
		certificate, pool := insideCertificate(t)
		if !trusted {
			pool = x509.NewCertPool()
		}
		config := &tls.Config{Certificates: []tls.Certificate{certificate}}
		address := listenInside(t, insideAddress, func(c net.Conn) { _ = tls.Server(c, config).Handshake() })
		proxy, port := insideProxy(t, "https", address)
		proxy.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool}
		return mw.Proxy(proxy), port
	}
}

func plainForTLS(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
	address := listenInside(t, insideAddress, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1<<10))
		fmt.Fprint(c, "HTTP/1.1 400 Wq7Reason9zk\r\n"+plantedHead+"\r\nWq7Body9zk")
	})
	proxy, port := insideProxy(t, "https", address)
	return mw.Proxy(proxy), port
}

// forwarded puts the forward proxy at that address in the way.
func forwarded(scheme, address string) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
	return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
		proxy, _ := insideProxy(t, scheme, net.JoinHostPort(insideAddress, closedPort))
		via := &url.URL{Scheme: "http", User: url.UserPassword("Wq7ProxyUser9zk", "Wq7ProxyPassword9zk"), Host: address}
		proxy.Transport.(*http.Transport).Proxy = http.ProxyURL(via)
		return mw.Proxy(proxy), ""
	}
}

func forwardedBy(scheme, text string) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
	return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
		address := listenInside(t, "127.83.61.30", sayer(text))
		h, _ := forwarded(scheme, address)(t, mw)
		_, port, _ := net.SplitHostPort(address)
		return h, port
	}
}

// A failingTripper never gets an answer.
type failingTripper func(*http.Request) error

func (f failingTripper) RoundTrip(r *http.Request) (*http.Response, error) { return nil, f(r) }

func tripping(fail failingTripper) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
	return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
		return mw.Proxy(trippingProxy(t, fail)), ""
	}
}

func trippingProxy(t *testing.T, fail failingTripper) *httputil.ReverseProxy {
	proxy, _ := insideProxy(t, "http", net.JoinHostPort(insideAddress, closedPort))
	proxy.Transport = fail
	return proxy
}

// everyType fails with one type after the other.
func everyType() failingTripper {
	var n atomic.Int64
	types := diagnosis.Types()
	return func(*http.Request) error {
		return &diagnosis.Error{Type: types[int(n.Add(1))%len(types)], Hint: "ask Wq7Operator9zk", Err: errInside}
	}
}

func modifying(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
	address := listenInside(t, insideAddress, sayer("HTTP/1.1 200 Wq7Reason9zk\r\n"+plantedHead+"Content-Length: 10\r\n\r\nWq7Body9zk"))
	proxy, port := insideProxy(t, "http", address)
	proxy.ModifyResponse = func(res *http.Response) error {
		return fmt.Errorf("%s from %s: %w", res.Status, res.Request.URL.Host, errInside)
	}
	return mw.Proxy(proxy), port
}
