package middleware_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// plantedHead are the fields of an upstream that tells too much.
const plantedHead = "Server: Wq7Server9zk/1.0\r\n" +
	"X-Powered-By: Wq7PoweredBy9zk\r\n" +
	"Set-Cookie: session=Wq7SetCookie9zk; Path=/\r\n" +
	"Via: 1.1 Wq7Via9zk\r\n" +
	"Location: http://127.83.61.29/Wq7Location9zk\r\n" +
	"WWW-Authenticate: Basic realm=\"Wq7Realm9zk\"\r\n" +
	"Proxy-Status: Wq7NextHop9zk; error=dns_error; next-hop=\"Wq7NextHop9zk\"; details=\"Wq7NextHop9zk\"\r\n" +
	"Retry-After: Wq7RetryAfter9zk\r\n" +
	"X-Own: Wq7Own9zk\r\n" +
	"Wq7-Field-9zk: 1\r\n" +
	"Content-Type: text/wq7type9zk\r\n" +
	"Content-Language: wq7lang9zk\r\n" +
	"Content-Encoding: Wq7Own9zk\r\n" +
	"Content-Security-Policy: default-src Wq7Own9zk\r\n" +
	"Cache-Control: private=\"Wq7Own9zk\"\r\n" +
	"Vary: Wq7Own9zk\r\n" +
	"X-Request-Id: Wq7Own9zk\r\n" +
	"Etag: \"Wq7Etag9zk\"\r\n"

const plantedHint = "HTTP/1.1 103 Early Hints\r\nLink: </Wq7Hint9zk.css>; rel=preload\r\nX-Own: Wq7Own9zk\r\n\r\n"

// unnamed are the clients that get an empty 5xx as it was sent.
var unnamed = []string{"text", "markdown", "number", "handshake", "RPC"}

// upstreamLeaks are upstreams whose answers cannot be passed on.
func upstreamLeaks() []leak {
	says := func(name, text string) leak { return leak{name: name, handler: behind(text)} }
	replaced := func(name, text string) leak {
		return leak{name: name, handler: behind(text), replace: []int{500, 503}, whole: true}
	}
	const ok = "HTTP/1.1 200 Wq7Reason9zk\r\n" + plantedHead
	empty := says("an empty 503", "HTTP/1.1 503 Wq7Reason9zk\r\n"+plantedHead+"Content-Length: 0\r\n\r\n")
	empty.passes, empty.whole = unnamed, true
	short := says("a body that ends early", ok+"Content-Length: 1000\r\n\r\nWq7Body9zk")
	short.passes = []string{"HEAD"}
	return []leak{
		says("no answer", ""),
		says("a malformed header line", ok+"Wq7Malformed9zk this is no field\r\n\r\n"),
		says("a malformed first header line", "HTTP/1.1 200 OK\r\n Wq7Malformed9zk\r\n\r\n"),
		says("a NUL in a field", ok+"X-Own: Wq7Malformed9zk\x00\r\n\r\n"),
		says("a malformed start line", "Wq7StartLine9zk abc\r\n\r\n"),
		says("a status that is no number", "HTTP/1.1 Wq7StartLine9zk Wq7Reason9zk\r\n\r\n"),
		says("a status of four digits", "HTTP/1.1 1000 Wq7Reason9zk\r\n"+plantedHead+"Content-Length: 0\r\n\r\n"),
		says("a giant start line", "HTTP/1.1 200 "+strings.Repeat("Wq7Reason9zk ", 2<<10)+"\r\n\r\n"),
		says("a giant head", ok+"Set-Cookie: "+strings.Repeat("Wq7SetCookie9zk", 2<<10)+"\r\n\r\n"),
		says("a length that is no number", ok+"Content-Length: Wq7Malformed9zk\r\n\r\n"),
		says("an unknown transfer coding", ok+"Transfer-Encoding: Wq7Malformed9zk\r\n\r\n"),
		says("a switch to another protocol", "HTTP/1.1 101 Wq7Reason9zk\r\nConnection: Upgrade\r\nUpgrade: Wq7Malformed9zk\r\n"+plantedHead+"\r\n"),
		says("a mail server", "220 Wq7Body9zk ESMTP\r\n"),
		says("a page without a head", "<html>\r\n<h1>Wq7Body9zk</h1>\r\n"),
		says("early hints and a cut", plantedHint),
		says("early hints and half a head", plantedHint+ok),
		short, empty,
		replaced("an empty 503 that is replaced", "HTTP/1.1 503 Wq7Reason9zk\r\n"+plantedHead+"Content-Length: 0\r\n\r\n"),
		replaced("a 500 that is replaced", "HTTP/1.1 500 Wq7Reason9zk\r\n"+plantedHead+"Content-Length: 10\r\n\r\nWq7Body9zk"),
		replaced("a 500 with trailers that is replaced", plantedHint+"HTTP/1.1 500 Wq7Reason9zk\r\n"+plantedHead+
			"Trailer: X-Sum, Wq7-Field-9zk\r\nTransfer-Encoding: chunked\r\n\r\na\r\nWq7Body9zk\r\n0\r\nX-Sum: Wq7Trailer9zk\r\nWq7-Field-9zk: Wq7Trailer9zk\r\n\r\n"),
	}
}

// behind puts a proxy in front of an upstream that says text to every request.
func behind(text string) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
	return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
		address := listenInside(t, insideAddress, sayer(text))
		proxy, port := insideProxy(t, "http", address)
		return mw.Proxy(proxy), port
	}
}

// listenInside opens a port at an address of its own, on which play plays.
func listenInside(t *testing.T, ip string, play func(net.Conn)) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp4", net.JoinHostPort(ip, "0"))
	if err != nil {
		t.Skipf("this system has only one loopback address: %v", err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				play(c)
			}()
		}
	}()
	return ln.Addr().String()
}

// sayer reads a request, says text and closes the connection.
func sayer(text string) func(net.Conn) {
	return func(c net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		_, _ = io.WriteString(c, text)
	}
}

// insideProxy returns a proxy to the inner name, behind which is the address.
func insideProxy(t *testing.T, scheme, address string) (proxy *httputil.ReverseProxy, port string) {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	target := &url.URL{Scheme: scheme, Host: net.JoinHostPort(insideHost, port), Path: "/Wq7BasePath9zk"}
	transport := &http.Transport{
		MaxResponseHeaderBytes: 8 << 10, DisableCompression: true, DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			if host, _, _ := net.SplitHostPort(to); host == insideHost {
				to = address
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("X-Token", "Wq7Added9zk")
		},
	}, port
}

// insideCertificate is one that tells names of the inside, and the pool that trusts it.
func insideCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "wq7certificate9zk", Organization: []string{"wq7certificate9zk"}},
		DNSNames: []string{"wq7certificate9zk.internal"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, from, from, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
