package diagnosis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

// http2StreamError has the shape and the As method of the one inside net/http.
type http2StreamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e http2StreamError) Error() string {
	return fmt.Sprintf("stream error: stream ID %d; %d; %v", e.StreamID, e.Code, e.Cause)
}

func (e http2StreamError) As(target any) bool {
	s, ok := target.(*streamError)
	if ok {
		*s = streamError(e)
	}
	return ok
}

// commonCases are what gateways fail of, day by day.
func commonCases() map[string]struct {
	err   error
	facts Facts
} {
	type c = struct {
		err   error
		facts Facts
	}
	dial := Facts{Step: StepDial, Attempts: 1}
	sent := Facts{Step: StepSent, GotConn: true, Wrote: true, Attempts: 1}
	return map[string]c{
		"refused":     {&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, dial},
		"unroutable":  {&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, dial},
		"dns":         {&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}}, Facts{Step: StepLookup, Attempts: 1}},
		"timeout":     {context_(errors.New("a time limit of the gateway has passed")), Facts{Step: StepSent, GotConn: true, Wrote: true, TimedOut: true, Attempts: 1}},
		"silence":     {&net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}, sent},
		"eof":         {io.EOF, sent},
		"reset":       {&net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, sent},
		"malformed":   {fmt.Errorf(connectionBroken+"%w", errors.New(`malformed HTTP response "SSH-2.0-OpenSSH_9.6"`)), Facts{Step: StepHead, GotConn: true, Wrote: true, Attempts: 1}},
		"certificate": {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, Facts{Step: StepTLS, Attempts: 1}},
		"alert":       {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, Facts{Step: StepTLS, Attempts: 1}},
		"h2 reset":    {http2StreamError{1, refusedStream, errors.New("received from peer")}, sent},
		"h2 goaway":   {http2GoAwayError{1, enhanceYourCalm, ""}, sent},
		"h2 retry":    {errors.New(cannotRetry + "stream error: stream ID 1; REFUSED_STREAM; received from peer] after Request.Body was written"), sent},
		"unknown":     {errors.New("words that nobody knows"), sent},
	}
}

func context_(err error) error { return err }

func BenchmarkOf(b *testing.B) {
	for name, c := range commonCases() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Of(c.err, c.facts)
			}
		})
	}
}

type http2GoAwayError struct {
	LastStreamID uint32
	ErrCode      uint32
	DebugData    string
}

func (e http2GoAwayError) Error() string {
	return fmt.Sprintf("http2: server sent GOAWAY and closed the connection; LastStreamID=%v, ErrCode=%v, debug=%q", e.LastStreamID, e.ErrCode, e.DebugData)
}
