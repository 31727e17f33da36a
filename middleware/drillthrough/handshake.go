package drillthrough

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// soon is how long before its end a certificate is warned of.
const soon = 14 * 24 * time.Hour

// handshake adds the link, and reports whether it holds.
func (p *path) handshake(ctx context.Context) bool {
	s := p.step(ctx)
	defer s.end()
	config := p.tlsConfig(p.target.Hostname())
	began := time.Now()
	conn := tls.Client(p.conn, config)
	err := conn.HandshakeContext(s.ctx)
	link := held(LinkTLS, time.Since(began))
	link.TLS = &TLS{ServerName: printable(config.ServerName, shortText)}
	chain := conn.ConnectionState().PeerCertificates
	if cert, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		chain = cert.UnverifiedCertificates
	}
	if err == nil {
		state := conn.ConnectionState()
		link.TLS.Version, link.TLS.ALPN = tls.VersionName(state.Version), printable(state.NegotiatedProtocol, shortText)
	}
	link.inspect(chain, config)
	if err != nil {
		link.Result, link.Fault = Broken, s.fault(err, diagnosis.Facts{Step: diagnosis.StepTLS, Attempts: 1})
	}
	p.tls = conn
	p.links = append(p.links, link)
	return err == nil
}

func (c *Checker) tlsConfig(host string) *tls.Config {
	config := &tls.Config{}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	config.ServerName = cmp.Or(config.ServerName, host)
	if config.NextProtos == nil {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	if config.Time == nil {
		config.Time = time.Now
	}
	return config
}

// inspect looks at a chain by itself: the handshake tells its first fault only.
func (l *Link) inspect(chain []*x509.Certificate, config *tls.Config) {
	if len(chain) == 0 {
		return
	}
	now := config.Time()
	l.TLS.NameFits = chain[0].VerifyHostname(config.ServerName) == nil
	l.TLS.Trusted = trusted(chain, config)
	for i, cert := range chain[:min(len(chain), maxListed)] {
		listed := describe(cert, now)
		l.TLS.Certificates = append(l.TLS.Certificates, listed)
		end, left := cert.NotAfter.UTC().Format(time.DateOnly), cert.NotAfter.Sub(now)
		switch {
		case left > 0 && left < soon:
			l.warn(fmt.Sprintf("the certificate of %s ends on %s, in %s: renew it", listed.Subject, end, days(listed.DaysLeft)))
		case left <= 0 && i > 0: // where it matters for the first, the handshake says so
			l.warn(fmt.Sprintf("the certificate of %s, further up in the chain, ended on %s: send a newer one", listed.Subject, end))
		}
	}
	if config.InsecureSkipVerify && !(l.TLS.NameFits && l.TLS.Trusted && now.After(chain[0].NotBefore) && now.Before(chain[0].NotAfter)) {
		l.warn("the certificate would not be accepted, had that not been switched off")
	}
}

// trusted reports whether the chain leads to an authority that is trusted, whatever the
// day and the name.
func trusted(chain []*x509.Certificate, config *tls.Config) bool {
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	when := config.Time()
	if when.After(chain[0].NotAfter) {
		when = chain[0].NotAfter
	} else if when.Before(chain[0].NotBefore) {
		when = chain[0].NotBefore
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: config.RootCAs, Intermediates: between, CurrentTime: when, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

func describe(cert *x509.Certificate, now time.Time) Certificate {
	c := Certificate{
		Subject: nameOf(cert), Issuer: printable(cmp.Or(cert.Issuer.CommonName, cert.Issuer.String()), shortText),
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
		DaysLeft: int(math.Floor(cert.NotAfter.Sub(now).Hours() / 24)),
	}
	for _, name := range cert.DNSNames[:min(len(cert.DNSNames), maxListed)] {
		c.Names = append(c.Names, printable(name, shortText))
	}
	for _, ip := range cert.IPAddresses[:min(len(cert.IPAddresses), maxListed)] {
		c.Names = append(c.Names, ip.String())
	}
	return c
}

func nameOf(cert *x509.Certificate) string {
	name := cmp.Or(cert.Subject.CommonName, cert.Subject.String())
	if name == "" && len(cert.DNSNames) > 0 {
		name = cert.DNSNames[0]
	}
	return printable(cmp.Or(name, "(no name)"), shortText)
}

func days(n int) string {
	switch n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
