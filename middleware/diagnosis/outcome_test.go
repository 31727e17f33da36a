package diagnosis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

// TestProofs is the table of what proves that a request was not sent, and of what only
// suggests it.
func TestProofs(t *testing.T) {
	t.Parallel()
	idle := errors.New("http: server closed idle connection")
	peek := fmt.Errorf(peekFailed+"%w", opError("read", errno("read", syscall.ECONNRESET)))
	refusedPost := errors.New(cannotRetry + "stream error: stream ID 1; REFUSED_STREAM; received from peer] after Request.Body was written")
	goAwayPost := errors.New(cannotRetry + goAwayCalm + "] after Request.Body was written")
	alert := func(n int) error { return opError("remote error", tls.AlertError(n)) }
	again := func(f *Facts) { f.Attempts = 2 }
	modern := func(f *Facts) { f.TLS13 = true }
	for _, c := range []struct {
		name  string
		err   error
		facts Facts
		want  Outcome
		proof string // in the hint
	}{
		{"look-up", errOwn, atLookup, NotSent, ""},
		{"dial", errOwn, atDial, NotSent, ""},
		{"forward proxy's CONNECT", errOwn, atTunnel, NotSent, ""},
		{"handshake", errOwn, atTLS, NotSent, ""},
		{"full pool", errOwn, atPool, NotSent, ""},
		{"refused before GetConn", errOwn, Facts{Called: true, NotTried: true}, NotSent, proofUnasked},
		{"our own refusal", &Error{NotSent: true}, Facts{}, NotSent, ""},
		{"the request has no scheme", errors.New(`unsupported protocol scheme ""`), Facts{Called: true, NotTried: true}, NotSent, proofUnasked},
		{"the same words of a RoundTripper that is not net/http's", errors.New(`unsupported protocol scheme ""`), Facts{Called: true}, OutcomeUnknown, ""},
		{"ReverseProxy refuses", errors.New("ReverseProxy must have exactly one of Director or Rewrite set"), Facts{}, NotSent, proofUncalled},
		{"idle connection had ended", idle, atConn.with(reused), NotSent, proofIdle},
		{"idle connection had been reset", peek, atConn.with(reused), NotSent, proofIdle},
		{"HTTP/2 cannot encode it", errors.New("http2: invalid Host header"), atConn, NotSent, proofUncoded},
		{"HTTP/2 has no Upgrade", errors.New(`http2: invalid Upgrade request header: ["websocket"]`), atConn, NotSent, proofUncoded},
		{"HTTP/2 takes no such head", errors.New("http2: request header list larger than peer's advertised limit"), atConn, NotSent, proofUncoded},
		{"HTTP/2 connection never was", errors.New("http2: client conn could not be established"), atConn, NotSent, proofNoStream},
		{"REFUSED_STREAM", http2StreamError{1, refusedStream, errFromPeer}, atWait, NotSent, proofRefused},
		{"REFUSED_STREAM of a form", refusedPost, atWait, NotSent, proofRefused},
		{"REFUSED_STREAM in the upload", refusedPost, atUpload, NotSent, proofRefused},
		{"GOAWAY before this stream", errors.New(goAwayCode + "INTERNAL_ERROR"), atWait, NotSent, proofGoAway},
		{"GOAWAY before this stream, of a form", goAwayPost, atWait, NotSent, proofGoAway},
		{"client certificate, TLS 1.3", alert(116), atWait.with(modern), NotSent, proofHandshake},
		{"client certificate, TLS 1.3, in the upload", alert(42), atUpload.with(modern), NotSent, proofHandshake},

		{"nothing seen", errOwn, Facts{}, OutcomeUnknown, ""},
		{"a transport that fires no event", errOwn, Facts{Called: true}, OutcomeUnknown, ""},
		{"the same with a dial's error", opError("dial", errno("connect", syscall.ECONNREFUSED)), Facts{Called: true}, OutcomeUnknown, ""},
		{"no scheme, of a client that nobody saw", errors.New(`unsupported protocol scheme "ftp"`), Facts{}, OutcomeUnknown, ""},
		{"reset at accept", opError("read", errno("read", syscall.ECONNRESET)), atWait, OutcomeUnknown, ""},
		{"reset before the head was written", opError("write", errno("write", syscall.ECONNRESET)), atConn, OutcomeUnknown, ""},
		{"closed on a kept connection", io.EOF, atWait.with(reused), OutcomeUnknown, ""},
		{"GOAWAY after this stream", http2GoAwayError{1, noError, ""}, atWait, OutcomeUnknown, ""},
		{"CANCEL", http2StreamError{1, cancelled, errFromPeer}, atWait, OutcomeUnknown, ""},
		{"PROTOCOL_ERROR", http2StreamError{1, protocolError, errFromPeer}, atWait, OutcomeUnknown, ""},
		{"HTTP_1_1_REQUIRED", http2StreamError{1, http11Required, errFromPeer}, atWait, OutcomeUnknown, ""},
		{"client certificate, TLS 1.2", alert(116), atWait, OutcomeUnknown, ""},
		{"handshake_failure, TLS 1.3", alert(40), atWait.with(modern), OutcomeUnknown, ""},
		{"client certificate, a connection that served", alert(116), atWait.with(modern).with(reused), OutcomeUnknown, ""},
		{"dial after another attempt was sent", errOwn, atDial.with(sentBefore), OutcomeUnknown, ""},
		{"look-up after another RoundTrip", errOwn, atLookup.with(elsewhere), OutcomeUnknown, ""},
		{"refused after another RoundTrip", errOwn, Facts{Called: true, NotTried: true, Elsewhere: true}, OutcomeUnknown, ""},
		{"our own refusal after another RoundTrip", &Error{NotSent: true}, Facts{Elsewhere: true}, OutcomeUnknown, ""},
		{"idle connection, after another attempt", idle, atConn.with(reused).with(again).with(elsewhere), OutcomeUnknown, ""},
		{"REFUSED_STREAM, after another attempt", refusedPost, atWait.with(again).with(elsewhere), OutcomeUnknown, ""},
		{"GOAWAY before this stream, after another attempt", goAwayPost, atWait.with(again).with(elsewhere), OutcomeUnknown, ""},
		{"client certificate, after another attempt", alert(116), atWait.with(modern).with(elsewhere), OutcomeUnknown, ""},

		{"REFUSED_STREAM after an answer began", http2StreamError{1, refusedStream, errFromPeer}, atHead, Answered, ""},
		{"an alert in an answer", alert(116), reading.with(modern), Answered, ""},
	} {
		d := Of(c.err, c.facts)
		if d.Outcome != c.want || !strings.Contains(d.Hint, c.proof) || strings.Contains(d.Hint, "; not sent: ") != (c.proof != "") {
			t.Errorf("%s: got %q, hint %q; want %q by %q", c.name, d.Outcome, d.Hint, c.want, c.proof)
		}
	}
}

// TestNoByteIsProof has net/http write to a connection that takes nothing.
func TestNoByteIsProof(t *testing.T) {
	t.Parallel()
	onStage(t, func(s *stage) {
		tr := s.transport(s.keeping(plain200))
		s.chosen(func(l *line) { l.cut.Store(true) })
		err := s.send(tr, post("http://upstream", "body"))
		if d := Of(err, atUpload); d.Outcome != NotSent || !strings.HasSuffix(d.Hint, proofNoByte) || d.Phase != Send {
			t.Errorf("got %+v for %v (%T)", d, err, err)
		}
	})
}

// A rude error panics when it is asked.
type rude struct{ is, as, unwrap, text bool }

func (r *rude) ask(panics bool) {
	if panics {
		panic("rude")
	}
}

func (r *rude) Error() string   { r.ask(r.text); return "rude" }
func (r *rude) Is(error) bool   { r.ask(r.is); return false }
func (r *rude) As(any) bool     { r.ask(r.as); return false }
func (r *rude) Unwrap() error   { r.ask(r.unwrap); return nil }
func (r *rude) Timeout() bool   { return true }
func (r *rude) Temporary() bool { return true }

// TestRudeErrors: an error whose methods panic, or that is no more than a type, costs what it
// had to say, wherever it stands.
func TestRudeErrors(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"Error panics":  &rude{text: true},
		"Is panics":     &rude{is: true},
		"As panics":     &rude{as: true},
		"Unwrap panics": &rude{unwrap: true},
		"nil rude":      (*rude)(nil),
		"nil Error":     (*Error)(nil),
		"nil OpError":   (*net.OpError)(nil),
		"nil DNSError":  (*net.DNSError)(nil),
		"nil cert":      (*tls.CertificateVerificationError)(nil),
		"in a chain":    fmt.Errorf("x: %w", &rude{as: true}),
		"joined":        errors.Join(errOwn, &rude{is: true}),
	} {
		for _, f := range []Facts{{}, atPool, atDial, atTunnel, atTLS, atConn, atWait, atHead, answered, reading} {
			for place, change := range map[string]func(*Facts){
				"as the error":   func(*Facts) {},
				"as the body's":  func(f *Facts) { f.BodyErr = err },
				"as the cause's": func(f *Facts) { shutdown(f); f.CtxCause = err },
				"as told":        func(f *Facts) { f.Told = err },
			} {
				d := Of(err, f.with(change))
				if !d.Gone() && (d.Status < 400 || !d.Type.Registered()) || d.Outcome != f.outcome() {
					t.Errorf("%s %s at step %d: got %+v", name, place, f.Step, d)
				}
			}
		}
	}
}
