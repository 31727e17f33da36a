package drillthrough_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// names is a resolver that knows some names, and fails for all others.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, network, host string) (addresses []netip.Addr, _ error) {
	for _, text := range n[host] {
		if a := netip.MustParseAddr(text); a.Is4() == (network == "ip4") {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addresses, nil
}

func (n names) LookupCNAME(_ context.Context, host string) (string, error) {
	if strings.HasPrefix(host, "www.") {
		return "front." + strings.TrimPrefix(host, "www.") + ".", nil
	}
	return host + ".", nil
}

// routes is a dialler that knows where the addresses really are.
type routes map[string]string

func (r routes) dial(ctx context.Context, network, address string) (net.Conn, error) {
	real, ok := r[address]
	if !ok {
		return nil, errors.New("no test may go to " + address)
	}
	return new(net.Dialer).DialContext(ctx, network, real)
}

func startCase(t *testing.T, name string) *upstreamtest.Upstream {
	t.Helper()
	u, err := upstreamtest.Start(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	return u
}

// web starts a sound server and returns its host and port.
func web(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello\n")) }

// raw starts a server on bare sockets.
func raw(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
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
				serve(c)
			}()
		}
	}()
	return ln.Addr().String()
}

// says reads the head of a request, says text, and goes on with more until it fails.
func says(text string, more string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			return
		}
		_, err := c.Write([]byte(text))
		for err == nil && more != "" {
			_, err = c.Write([]byte(more))
		}
	}
}

// authority makes certificates, and the set-up that trusts them.
func authority(t *testing.T, leaf x509.Certificate) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(2, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	leaf.SerialNumber = big.NewInt(2)
	der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.CreateCertificate(rand.Reader, &leaf, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{signed, der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots}
}

// secure starts a sound server with TLS.
func secure(t *testing.T, config *tls.Config, http2 bool) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(hello))
	s.Config.ErrorLog = quiet
	s.TLS, s.EnableHTTP2 = config, http2
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// brokenLink returns the first link that is broken.
func brokenLink(r drillthrough.Report) (drillthrough.Link, bool) {
	links := allLinks(r)
	for _, l := range links {
		if l.Result == drillthrough.Broken {
			return l, true
		}
	}
	return drillthrough.Link{}, false
}

func allLinks(r drillthrough.Report) (links []drillthrough.Link) {
	if r.Lookup != nil {
		links = append(links, *r.Lookup)
	}
	for _, a := range r.Addresses {
		for _, h := range a.Hops {
			links = append(links, h.Links...)
		}
	}
	return links
}

// tree is the report as people read it.
func tree(t *testing.T, r drillthrough.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteTree(&b, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
