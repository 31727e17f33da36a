package upstreamtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"time"
)

// A fault makes a good certificate bad. It gets the certificate before it is signed,
// and may change what the gateway trusts.
type fault func(u *Upstream, leaf *x509.Certificate)

func unknownCA(u *Upstream, _ *x509.Certificate) { u.roots = x509.NewCertPool() }

func expired(_ *Upstream, leaf *x509.Certificate) {
	leaf.NotBefore, leaf.NotAfter = leaf.NotBefore.AddDate(-1, 0, 0), leaf.NotBefore
}

func wrongName(_ *Upstream, leaf *x509.Certificate) {
	leaf.IPAddresses, leaf.DNSNames = nil, []string{"another.invalid"}
}

// certify starts an upstream with TLS and a certificate that has the fault. Should the
// gateway accept it, it gets an answer.
func certify(spoil fault) func(*Upstream) error {
	return func(u *Upstream) error {
		certificate, err := issue(u, spoil)
		if err != nil {
			return err
		}
		config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		return serve("https", func(ctx context.Context, c *conn) {
			c.Conn = tls.Server(c.Conn, config) // what is remembered is what was under TLS
			answer("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")(ctx, c)
		})(u)
	}
}

// issue makes an authority that u's transports trust, and a certificate by it.
func issue(u *Upstream, spoil fault) (tls.Certificate, error) {
	authority := template("upstreamtest authority")
	authority.IsCA, authority.KeyUsage = true, x509.KeyUsageCertSign
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	if authority, err = x509.ParseCertificate(der); err != nil {
		return tls.Certificate{}, err
	}
	u.roots.AddCert(authority)

	leaf := template("upstreamtest")
	leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	spoil(u, leaf)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err = x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), authorityKey)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(24 * time.Hour),
		BasicConstraintsValid: true,
	}
}
