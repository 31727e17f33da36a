package diagnosis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A dealer draws facts and errors from the bytes of the fuzzer.
type dealer struct {
	data  []byte
	words string // of whoever chooses parts of error texts
}

func (d *dealer) draw(n int) int {
	if len(d.data) == 0 {
		return 0
	}
	b := int(d.data[0])
	d.data = d.data[1:]
	return b % n
}

func (d *dealer) flag() bool { return d.draw(4) == 1 }

func (d *dealer) facts() Facts {
	f := Facts{
		Step: Step(d.draw(int(StepResponse) + 1)), GotConn: d.flag(), Wrote: d.flag(), Called: d.flag(), NotTried: d.flag(), Reused: d.flag(), Elsewhere: d.flag(), Unlimited: d.flag(), TLS13: d.flag(),
		Resent: d.draw(4), Attempts: d.draw(10), InBody: d.flag(), TimedOut: d.flag(), Looped: d.flag(), Length: int64(d.draw(3)) - 1,
	}
	if d.flag() {
		f.Status = 200
	}
	if d.flag() {
		f.BodyErr = d.chain(2)
	}
	if d.flag() {
		f.Told = d.chain(2)
	}
	switch d.draw(8) {
	case 1:
		f.CtxErr, f.CtxCause = context.Canceled, context.Canceled
	case 2:
		f.CtxErr, f.CtxCause = context.Canceled, errShutdown
	case 3:
		f.CtxErr, f.CtxCause = context.DeadlineExceeded, context.DeadlineExceeded
	case 4:
		f.CtxErr = context.Canceled
	}
	return f
}

// chain draws an error of up to depth links.
func (d *dealer) chain(depth int) error {
	if depth == 0 {
		return d.root()
	}
	switch d.draw(10) {
	case 0:
		return d.root()
	case 1:
		return fmt.Errorf(connectionBroken+"%w", d.chain(depth-1))
	case 2:
		return fmt.Errorf("%s: %w", d.words, d.chain(depth-1))
	case 3:
		return errors.Join(d.chain(depth-1), d.chain(depth-1))
	case 4:
		return &url.Error{Op: "Get", URL: d.words, Err: d.chain(depth - 1)}
	case 5:
		return &Error{Type: append(Types(), "")[d.draw(33)], Err: d.chain(depth - 1)}
	case 6:
		return http2StreamError{1, uint32(d.draw(20)), d.chain(depth - 1)}
	case 7:
		return &tls.CertificateVerificationError{Err: d.chain(depth - 1)}
	}
	ops := []string{"dial", "proxyconnect", "read", "write", "readfrom", "remote error", "local error", "socks connect"}
	return &net.OpError{Op: ops[d.draw(len(ops))], Net: "tcp", Err: d.chain(depth - 1)}
}

func (d *dealer) root() error {
	roots := []error{
		nil, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, os.ErrDeadlineExceeded, context.Canceled, context.DeadlineExceeded, errShutdown,
		http.ErrLineTooLong, errFromPeer, timeoutError{}, StreamError{1, 7}, http2ConnectionError(1), http2GoAwayError{1, 11, d.words},
		&http.MaxBytesError{}, textproto.ProtocolError(d.words), tls.AlertError(d.draw(256)), tls.RecordHeaderError{}, &tls.ECHRejectionError{},
		&net.DNSError{IsTimeout: d.flag(), IsNotFound: d.flag()}, &net.AddrError{Err: d.words}, x509.HostnameError{Certificate: &x509.Certificate{}},
		x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.InvalidReason(d.draw(12)), Detail: d.words},
		syscall.Errno(d.draw(134)), os.NewSyscallError("connect", syscall.Errno(d.draw(134))),
		errors.New(d.words), errors.New(texts[d.draw(len(texts))].begins + d.words),
		errors.New(cannotRetry + d.words), errors.New(goAwayCode + d.words), errors.New(goAwayCalm + d.words),
		errors.New(cannotRetry + "stream error: stream ID 1; " + d.words),
	}
	root := roots[d.draw(len(roots))]
	if root == nil {
		return errOwn
	}
	return root
}

// FuzzOf: whatever happens, Of says something that can be told a visitor, and says "not
// sent" only with proof.
func FuzzOf(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte{0}, text.begins)
	}
	for _, g := range greetings {
		f.Add([]byte("\x05\x01\x01\x01\x01"), fmt.Sprintf("%s%q", malformedResponse, g.begins))
	}
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00"), "x")
	f.Fuzz(func(t *testing.T, data []byte, words string) {
		d := dealer{data, words}
		facts := d.facts()
		err := d.chain(4)
		rarely := d.flag()
		if d.flag() && rarely {
			err = nil
		}
		got := Of(err, facts)
		switch {
		case (got.Status == 0) != got.Gone(), got.Gone() && got.Type != "":
			t.Errorf("status 0 is for visitors who left: %+v", got)
		case got.Type == "" && !got.Gone(), got.Type != "" && !got.Type.Registered():
			t.Errorf("no registered type: %+v", got)
		case got.Status != 0 && (got.Status < 400 || got.Status > 599):
			t.Errorf("no status of an error: %+v", got)
		case got.Party == "", got.Outcome == "":
			t.Errorf("no party or no outcome: %+v", got)
		case got.Alert < 0 || got.Alert > 255:
			t.Errorf("no alert: %+v", got)
		case got.Outcome == NotSent && !proven(err, facts):
			t.Errorf("not sent, says who? %+v", got)
		case got != Of(err, facts):
			t.Error("not the same twice")
		}
		if t.Failed() {
			t.Logf("for %v (%T) and %+v", err, err, facts)
		}
	})
}

// proven says whether a request has certainly not been sent.
func proven(err error, f Facts) bool {
	if f.Elsewhere || f.Step >= StepHead {
		return false
	}
	if f.GotConn || f.Wrote || f.Step >= StepConn {
		return f.NotTried && !f.GotConn && !f.Wrote || f.GotConn && f.Step >= StepConn && promised(err, f) || f.Looped && f.Resent > 0
	}
	if f.NotTried || f.Step >= StepPool {
		return true
	}
	for ; err != nil; err = errors.Unwrap(err) {
		said := strings.TrimPrefix(err.Error(), connectionBroken)
		for _, text := range texts {
			if strings.HasPrefix(said, text.begins) && (text.proof == proofUncalled || text.proof == proofUnasked && f.Called) {
				return true
			}
		}
	}
	return false
}

// promised says whether net/http, or the upstream by its protocol, says so.
func promised(err error, f Facts) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return f.TLS13 && !f.Reused
	}
	if stream, ok := errors.AsType[streamError](err); ok {
		return stream.Code == refusedStream
	}
	for ; err != nil; err = errors.Unwrap(err) {
		said := strings.TrimPrefix(err.Error(), connectionBroken)
		if strings.Contains(said, "REFUSED_STREAM") || strings.Contains(said, goAwayCode) || strings.Contains(said, goAwayCalm) || strings.HasPrefix(said, peekFailed) {
			return true
		}
		if t := textOf(said); t != nil && t.proof != "" {
			return true
		}
	}
	return false
}
