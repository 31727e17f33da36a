package upstreamtest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/url"
	"time"
)

// A fault makes a good certificate bad. It gets the certificate before it is signed,
// and may change what the gateway trusts.
type fault func(u *Upstream, leaf *x509.Certificate)

func sound(*Upstream, *x509.Certificate) {}

func unknownCA(u *Upstream, _ *x509.Certificate) { u.roots = x509.NewCertPool() }

// selfSigned marks the certificate as its own issuer.
func selfSigned(_ *Upstream, leaf *x509.Certificate) { leaf.Issuer = leaf.Subject }

func expired(_ *Upstream, leaf *x509.Certificate) {
	leaf.NotBefore, leaf.NotAfter = leaf.NotBefore.AddDate(-1, 0, 0), leaf.NotBefore
}

func notYetValid(_ *Upstream, leaf *x509.Certificate) {
	leaf.NotBefore, leaf.NotAfter = leaf.NotAfter, leaf.NotAfter.AddDate(1, 0, 0)
}

func wrongName(_ *Upstream, leaf *x509.Certificate) {
	leaf.IPAddresses, leaf.DNSNames = nil, []string{"another.invalid"}
}

// unparsable gets a certificate whose number is negative in the end: Go signs none such, and reads none.
func unparsable(u *Upstream) error {
	return serveTLS(sound, func(config *tls.Config) {
		chain := config.Certificates[0].Certificate
		leaf, err := x509.ParseCertificate(chain[0])
		if err != nil {
			return
		}
		number := leaf.SerialNumber.Bytes()
		at := bytes.Index(chain[0], number)
		chain[0] = bytes.Clone(chain[0])
		chain[0][at] |= 0x80
	}, answer(noContent))(u)
}

func wrongUsage(_ *Upstream, leaf *x509.Certificate) {
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
}

// certify starts an upstream with TLS and a certificate that has the fault. Should the
// gateway accept it, it gets an answer.
func certify(spoil fault) func(*Upstream) error {
	return serveTLS(spoil, func(*tls.Config) {}, answer(noContent))
}

// demand starts an upstream that is set up for TLS in a way the gateway cannot meet.
func demand(set func(*tls.Config)) func(*Upstream) error {
	return serveTLS(sound, set, answer(noContent))
}

func clientCertificate(config *tls.Config) { config.ClientAuth = tls.RequireAnyClientCert }

func clientCertificateTLS12(config *tls.Config) {
	clientCertificate(config)
	config.MaxVersion = tls.VersionTLS12
}

func strangeALPN(config *tls.Config) { config.NextProtos = []string{"sparkle"} }

// serveTLS starts a server with TLS, on which play plays. What is recorded is what came
// through TLS.
func serveTLS(spoil fault, set func(*tls.Config), play player) func(*Upstream) error {
	return func(u *Upstream) error {
		config, err := serverConfig(u, spoil)
		if err != nil {
			return err
		}
		set(config)
		address, err := u.listen(aside, func(ctx context.Context, c *conn) { u.secure(ctx, c, config, play) })
		u.URL = &url.URL{Scheme: "https", Host: address}
		return err
	}
}

// secure plays behind a TLS handshake, should that succeed.
func (u *Upstream) secure(ctx context.Context, c *conn, config *tls.Config, play player) {
	s := tls.Server(c, config)
	if s.HandshakeContext(ctx) != nil {
		c.finish()
		return
	}
	play(ctx, u.record(s))
}

func serverConfig(u *Upstream, spoil fault) (*tls.Config, error) {
	certificate, err := issue(u, spoil)
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, err
}

// issue makes an authority that u's transports trust, and a certificate by it.
func issue(u *Upstream, spoil fault) (tls.Certificate, error) {
	authority := template("upstreamtest authority")
	authority.IsCA, authority.KeyUsage = true, x509.KeyUsageCertSign
	authority, authorityKey, err := sign(authority, authority, nil)
	if err != nil {
		return tls.Certificate{}, err
	}
	u.roots.AddCert(authority)

	leaf := template("upstreamtest")
	leaf.IPAddresses, leaf.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, []string{upstreamName}
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	spoil(u, leaf)
	if leaf.Issuer.CommonName != "" {
		authority, authorityKey = leaf, nil
	}
	leaf, key, err := sign(leaf, authority, authorityKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}, nil
}

// sign makes a certificate of a template, and its key; without the issuer's key it signs
// itself.
func sign(from, issuer *x509.Certificate, issuerKey crypto.Signer) (*x509.Certificate, crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if issuerKey == nil {
		issuerKey = key
	}
	der, err := x509.CreateCertificate(rand.Reader, from, issuer, key.Public(), issuerKey)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return certificate, key, err
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
