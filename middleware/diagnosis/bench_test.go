package diagnosis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
)

// commonCases are what gateways fail of, day by day.
func commonCases(t testing.TB) []struct {
	name  string
	err   error
	facts Facts
} {
	// One that net/http made: its As is what costs.
	reset := scripted(secureGet, func(c *h2Conn, stream uint32) { c.reset(stream, cancelled) })(newStage(t))
	return []struct {
		name  string
		err   error
		facts Facts
	}{
		{"refused", opError("dial", errno("connect", syscall.ECONNREFUSED)), atDial},
		{"dns", opError("dial", &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}), atLookup},
		{"timeout", errors.New("a time limit of the gateway has passed"), atWait.with(ownClock)},
		{"EOF", io.EOF, atWait},
		{"reset", opError("read", errno("read", syscall.ECONNRESET)), atWait},
		{"malformed", fmt.Errorf(connectionBroken+"%w", errors.New(`malformed HTTP response "SSH-2.0-OpenSSH_9.6"`)), atHead},
		{"certificate", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, atTLS},
		{"alert", opError("remote error", tls.AlertError(40)), atTLS},
		{"h2 reset", reset, atWait},
		{"h2 goaway", http2GoAwayError{1, enhanceYourCalm, ""}, atWait},
		{"h2 retry", errors.New(cannotRetry + "stream error: stream ID 1; REFUSED_STREAM; received from peer] after Request.Body was written"), atWait},
		{"unknown", errors.New("words that nobody knows"), atWait},
	}
}

// BenchmarkOf: the limit is 1 µs and 2 allocations, of which the reset of net/http's own
// needs more by its As method.
func BenchmarkOf(b *testing.B) {
	for _, c := range commonCases(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Of(c.err, c.facts)
			}
		})
	}
}

func TestOfIsCheap(t *testing.T) {
	for _, c := range commonCases(t) {
		limit := 2.0
		if c.name == "h2 reset" {
			limit = 8
		}
		if n := testing.AllocsPerRun(100, func() { Of(c.err, c.facts) }); n > limit {
			t.Errorf("%s: %v allocations, the limit is %v", c.name, n, limit)
		}
	}
}
