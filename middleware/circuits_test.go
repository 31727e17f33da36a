package middleware

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
)

// TestFailFastCounts: which failures are told to others, by the transport that had them. A
// request must not be able to bring one about.
func TestFailFastCounts(t *testing.T) {
	const connect, lookup, handshake = "connect", "look-up", "TLS"
	failures := map[string]struct {
		kind diagnosis.Type
		err  error
	}{
		connect:   {diagnosis.ConnectionRefused, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}},
		lookup:    {diagnosis.DNSError, &net.DNSError{IsNotFound: true}},
		handshake: {diagnosis.TLSCertificateError, x509.UnknownAuthorityError{}},

		"refused by a forward proxy":        {diagnosis.ConnectionRefused, errors.New("Forbidden")},
		"refused, in the word of a Control": {diagnosis.ConnectionRefused, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}},
		"timeout":                           {diagnosis.ConnectionTimeout, os.ErrDeadlineExceeded},
		"no descriptors":                    {diagnosis.ConnectionLimitReached, syscall.EMFILE},
	}
	dial := func(context.Context, string, string) (net.Conn, error) { return nil, nil }
	plain := func(string, string) (net.Conn, error) { return nil, nil }
	via := func(*http.Request) (*url.URL, error) { return nil, nil }
	for _, c := range []struct {
		name string
		base http.RoundTripper
		want []string // none: fail-fast is off
	}{
		{"the zero transport", &http.Transport{}, []string{connect, lookup, handshake}},
		{"http.DefaultTransport", http.DefaultTransport, []string{connect, handshake}},
		{"a copy of it", http.DefaultTransport.(*http.Transport).Clone(), []string{connect, handshake}},
		{"a net.Dialer", &http.Transport{DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}, []string{connect, handshake}},
		{"one forward proxy", &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy:3128"})}, []string{connect, lookup, handshake}},
		{"a certificate chosen in the handshake", &http.Transport{TLSClientConfig: &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return nil, nil }}}, []string{connect, lookup}},
		{"a check of one's own in the handshake", &http.Transport{TLSClientConfig: &tls.Config{VerifyConnection: func(tls.ConnectionState) error { return nil }}}, []string{connect, lookup}},
		{"another check of one's own", &http.Transport{TLSClientConfig: &tls.Config{VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return nil }}}, []string{connect, lookup}},
		{"fields for CONNECT that may come from the request", &http.Transport{GetProxyConnectHeader: func(context.Context, *url.URL, string) (http.Header, error) { return nil, nil }}, []string{connect, lookup}},
		{"a look at the answer to CONNECT", &http.Transport{OnProxyConnectResponse: func(context.Context, *url.URL, *http.Request, *http.Response) error { return nil }}, []string{connect, lookup}},

		{"a RoundTripper of one's own", roundTripper(nil), nil},
		{"a dialler of one's own", &http.Transport{DialContext: dial}, nil},
		//lint:ignore SA1019 somebody may still have it
		{"an old one", &http.Transport{Dial: plain}, nil},
		{"one for TLS", &http.Transport{DialTLSContext: dial}, nil},
		{"one of net for TLS, whose configuration nobody sees", &http.Transport{DialTLSContext: (&tls.Dialer{}).DialContext}, nil},
		//lint:ignore SA1019 somebody may still have it
		{"an old one for TLS", &http.Transport{DialTLS: plain}, nil},
		{"a Proxy function of one's own", &http.Transport{Proxy: via}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cs := circuitsOf(c.base, evidence.New(), time.Second)
			if (cs.Circuits != nil) != (c.want != nil) {
				t.Fatalf("on: %v", cs.Circuits != nil)
			}
			if cs.Circuits == nil {
				return
			}
			wanted := make(map[string]bool)
			for _, name := range c.want {
				wanted[name] = true
			}
			for name, f := range failures {
				if got := cs.counts(diagnosis.Diagnosis{Type: f.kind, Party: diagnosis.Site}, f.err); got != wanted[name] {
					t.Errorf("%s counts: %v", name, got)
				}
				if cs.counts(diagnosis.Diagnosis{Type: f.kind, Party: diagnosis.Visitor}, f.err) {
					t.Errorf("%s counts where it is the visitor's", name)
				}
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
