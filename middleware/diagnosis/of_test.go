package diagnosis

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
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
	"time"
)

var (
	errOwn      = errors.New("words that nobody knows")
	errShutdown = errors.New("shutting down")
	errChunks   = errors.New("malformed chunked encoding")

	atPool   = Facts{Step: StepPool, Attempts: 1}
	atLookup = Facts{Step: StepLookup, Attempts: 1}
	atDial   = Facts{Step: StepDial, Attempts: 1}
	atTunnel = Facts{Step: StepConnected, Attempts: 1}
	atTLS    = Facts{Step: StepTLS, Attempts: 1}
	atConn   = Facts{Step: StepConn, GotConn: true, Attempts: 1}
	atUpload = Facts{Step: StepHeaders, GotConn: true, Wrote: true, Attempts: 1}
	atWait   = Facts{Step: StepSent, GotConn: true, Wrote: true, Attempts: 1}
	atHead   = Facts{Step: StepHead, GotConn: true, Wrote: true, Attempts: 1}
	answered = Facts{Step: StepResponse, GotConn: true, Wrote: true, Attempts: 1, Status: 200}
	reading  = Facts{Step: StepResponse, GotConn: true, Wrote: true, Attempts: 1, Status: 200, InBody: true}
)

// with returns facts with something more.
func (f Facts) with(change func(*Facts)) Facts {
	change(&f)
	return f
}

func visitorLeft(f *Facts)        { f.CtxErr, f.CtxCause = context.Canceled, context.Canceled }
func shutdown(f *Facts)           { f.CtxErr, f.CtxCause = context.Canceled, errShutdown }
func deadline(f *Facts)           { f.CtxErr, f.CtxCause = context.DeadlineExceeded, context.DeadlineExceeded }
func ownClock(f *Facts)           { f.TimedOut = true }
func capped(f *Facts)             { f.Looped = true }
func refused(f *Facts)            { f.NotTried = true }
func elsewhere(f *Facts)          { f.Elsewhere = true }
func told(err error) func(*Facts) { return func(f *Facts) { f.Told = err } }
func reused(f *Facts)             { f.Reused = true }
func sentBefore(f *Facts)         { f.GotConn, f.Wrote, f.Attempts = true, true, 2 }
func body(err error) func(*Facts) { return func(f *Facts) { f.BodyErr = err } }

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Err: err}
}

func errno(call string, e syscall.Errno) error { return os.NewSyscallError(call, e) }

// gone is what is said of a visitor who left.
const gone = Type("")

func TestOf(t *testing.T) {
	t.Parallel()
	tooBig := &http.MaxBytesError{Limit: 1}
	reset := opError("read", errno("read", syscall.ECONNRESET))
	timeout := opError("read", os.ErrDeadlineExceeded)
	broken := func(text string) error { return fmt.Errorf(connectionBroken+"%w", errors.New(text)) }
	for _, c := range []struct {
		name    string
		err     error
		facts   Facts
		want    Type
		status  int
		phase   Phase
		party   Party
		outcome Outcome
		hint    string // a part of it
	}{
		// The order of decisions.
		{"own word over all", &Error{Type: ProxyLoopDetected, Err: tooBig}, answered.with(visitorLeft).with(body(tooBig)), ProxyLoopDetected, 502, "", Site, Answered, ""},
		{"own word that is no registered type", &Error{Type: "a; b=\r\nc"}, answered, ProxyInternalError, 500, "", Site, Answered, ""},
		{"own word inside a chain", fmt.Errorf("x: %w", opError("dial", &Error{Type: DestinationIPProhibited})), atDial, DestinationIPProhibited, 502, Connect, Site, NotSent, ""},
		{"own word joined", errors.Join(io.EOF, &Error{Type: HTTPRequestDenied}), Facts{NotTried: true}, HTTPRequestDenied, 403, "", Visitor, NotSent, ""},
		{"a document where TLS was meant", tls.RecordHeaderError{RecordHeader: [5]byte([]byte("<!DOC"))}, atTunnel, TLSProtocolError, 502, Connect, Site, NotSent, "http://"},
		{"own word that nothing was sent", &Error{Type: DestinationUnavailable, NotSent: true}, Facts{}, DestinationUnavailable, 503, Connect, Site, NotSent, ""},
		{"own word that nothing was sent, which is not so", &Error{Type: DestinationUnavailable, NotSent: true}, atWait, DestinationUnavailable, 503, Connect, Site, OutcomeUnknown, ""},
		{"own word without a word", &Error{}, Facts{NotTried: true}, ProxyInternalError, 500, "", Site, NotSent, ""},
		{"body over visitor", context.Canceled, atUpload.with(visitorLeft).with(body(tooBig)), HTTPRequestError, 413, Send, Visitor, OutcomeUnknown, "limit"},
		{"slow body over visitor", context.Canceled, atUpload.with(visitorLeft).with(body(timeout)), HTTPRequestError, 408, Send, Network, OutcomeUnknown, "slowly"},
		{"body over visitor who left", context.Canceled, atUpload.with(visitorLeft).with(body(errOwn)), gone, 0, Send, Visitor, OutcomeUnknown, ""},
		{"body cut", opError("readfrom", io.ErrUnexpectedEOF), atUpload.with(body(io.ErrUnexpectedEOF)), gone, 0, Send, Visitor, OutcomeUnknown, ""},
		{"body reset", opError("readfrom", reset), atUpload.with(body(reset)), gone, 0, Send, Visitor, OutcomeUnknown, ""},
		{"body with broken framing", opError("readfrom", errChunks), atUpload.with(body(errChunks)), HTTPRequestError, 400, Send, Network, OutcomeUnknown, "framing"},
		{"body over HTTP/2 not as long as it says", errOwn, atUpload.with(body(errors.New("request declared a Content-Length of 9 but only wrote 4 bytes"))), HTTPRequestError, 400, Send, Network, OutcomeUnknown, "framing"},
		{"body that a program reads, and fails", errOwn, atUpload.with(body(errOwn)), ProxyInternalError, 500, "", Site, OutcomeUnknown, "in front of the proxy"},
		{"body that a program closed", http.ErrBodyReadAfterClose, atUpload.with(body(http.ErrBodyReadAfterClose)), ProxyInternalError, 500, "", Site, OutcomeUnknown, "closed the request body"},
		{"body that the server closed as the answer began", net.ErrClosed, reading.with(body(http.ErrBodyReadAfterClose)), ProxyInternalError, 502, "", Site, Answered, "EnableFullDuplex"},
		{"body with a word of the host program", errOwn, atUpload.with(body(&Error{Hint: "eaten"})), ProxyInternalError, 500, "", Site, OutcomeUnknown, "eaten"},
		{"body as the server shuts down", errChunks, atUpload.with(shutdown).with(body(errChunks)), HTTPRequestError, 400, Send, Network, OutcomeUnknown, "framing"},
		{"visitor over upstream", reset, atWait.with(visitorLeft), gone, 0, Receive, Visitor, OutcomeUnknown, ""},
		{"visitor without a cause", reset, atWait.with(func(f *Facts) { f.CtxErr = context.Canceled }), gone, 0, Receive, Visitor, OutcomeUnknown, ""},
		{"visitor over answer", errOwn, answered.with(visitorLeft), gone, 0, Receive, Visitor, Answered, ""},
		{"visitor at the lookup", context.Canceled, atLookup.with(visitorLeft), gone, 0, Lookup, Visitor, NotSent, ""},
		{"own clock over visitor", context.Canceled, atWait.with(visitorLeft).with(ownClock), HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, hintSlow},
		{"limit of repetitions over visitor", context.Canceled, atPool.with(sentBefore).with(visitorLeft).with(capped), HTTPProtocolError, 502, Receive, Site, OutcomeUnknown, "every HTTP/2 connection"},
		{"limit of repetitions on one connection", context.Canceled, atPool.with(sentBefore).with(capped).with(func(f *Facts) { f.Resent = 7 }), DestinationUnavailable, 503, Receive, Site, NotSent, "REFUSED_STREAM"},
		{"own clock while streams are refused", context.Canceled, atConn.with(ownClock).with(func(f *Facts) { f.Resent = 2 }), DestinationUnavailable, 503, Receive, Site, OutcomeUnknown, "REFUSED_STREAM"},
		{"cause is not the visitor, HTTP/1", errShutdown, atWait.with(shutdown), ProxyInternalResponse, 503, "", Site, OutcomeUnknown, "shutting down"},
		{"cause is not the visitor, HTTP/2", context.Canceled, atWait.with(shutdown), ProxyInternalResponse, 503, "", Site, OutcomeUnknown, "shutting down"},
		{"a fault of its own as the server shuts down", reset, atWait.with(shutdown), ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "reset"},
		{"clock over type", reset, atWait.with(deadline), HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, hintSlow},
		{"answer over clock", errOwn, answered.with(deadline), ProxyInternalError, 502, "", Site, Answered, "ModifyResponse"},
		{"after an answer: its own words", errOwn, answered, ProxyInternalError, 502, "", Site, Answered, "ModifyResponse"},
		{"after an answer: the host program's word", &Error{Type: DestinationUnavailable}, answered, DestinationUnavailable, 503, Connect, Site, Answered, ""},
		{"after an answer: a type", io.ErrUnexpectedEOF, answered, ProxyInternalError, 502, "", Site, Answered, "ModifyResponse"},
		{"after an answer: ReverseProxy", errors.New(`backend tried to switch protocol "a" when "b" was requested`), answered, HTTPUpgradeFailed, 502, Receive, Site, Answered, "switched"},
		{"after an answer: a request of the hook", &url.Error{Op: "Get", URL: "ftp://x", Err: errors.New(`unsupported protocol scheme "ftp"`)}, Facts{Step: StepResponse, Status: 200}, ProxyConfigurationError, 500, "", Site, Answered, ""},
		{"tunnel over text", errors.New("http: server closed idle connection"), atTunnel, ConnectionRefused, 502, Connect, Site, NotSent, "CONNECT"},
		{"type over text", fmt.Errorf("unsupported protocol scheme: %w", opError("dial", errno("connect", syscall.ECONNREFUSED))), atDial, ConnectionRefused, 502, Connect, Site, NotSent, "listens"},
		{"text over step", errors.New("http: server closed idle connection"), atConn.with(reused), ConnectionTerminated, 502, Send, Site, NotSent, hintIdle},

		// Clocks, by step.
		{"clock in the pool", context.Canceled, atPool.with(ownClock), ConnectionLimitReached, 503, Connect, Site, NotSent, "MaxConnsPerHost"},
		{"clock at the lookup", context.Canceled, atLookup.with(ownClock), DNSTimeout, 504, Lookup, Site, NotSent, hintResolver},
		{"clock as it dials", context.Canceled, atDial.with(ownClock), ConnectionTimeout, 504, Connect, Site, NotSent, hintNoAnswer},
		{"clock in the tunnel", context.Canceled, atTunnel.with(ownClock), ConnectionTimeout, 504, Connect, Site, NotSent, "CONNECT"},
		{"clock in TLS", context.Canceled, atTLS.with(ownClock), ConnectionTimeout, 504, Connect, Site, NotSent, "handshake"},
		{"clock before the request", context.Canceled, atConn.with(ownClock), ConnectionLimitReached, 503, Connect, Site, OutcomeUnknown, "busy"},
		{"clock in the upload", context.Canceled, atUpload.with(ownClock), ConnectionWriteTimeout, 504, Send, Site, OutcomeUnknown, "body"},
		{"clock as it waits", context.Canceled, atWait.with(ownClock), HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, hintSlow},
		{"clock in the head", context.Canceled, atHead.with(ownClock), HTTPResponseTimeout, 504, Receive, Site, Answered, hintSlow},
		{"clock in the body", context.Canceled, reading.with(ownClock), ConnectionReadTimeout, 504, Receive, Site, Answered, "middle"},
		{"clock, sent before, in the pool", context.Canceled, atPool.with(sentBefore).with(ownClock), HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, hintSlow},
		{"clock, sent before, as it dials", context.Canceled, atDial.with(sentBefore).with(ownClock), HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, hintSlow},
		{"deadline in the pool", context.DeadlineExceeded, atPool.with(deadline), ConnectionLimitReached, 503, Connect, Site, NotSent, ""},
		{"deadline as it waits", context.DeadlineExceeded, atWait.with(deadline), HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, ""},
		{"deadline in the body", context.DeadlineExceeded, reading.with(deadline), HTTPResponseTimeout, 504, Receive, Site, Answered, ""},

		// Forged: what an upstream may put into an error text is never matched.
		{"status line that quotes a text", broken(`malformed HTTP response "unsupported protocol scheme"`), atHead, HTTPProtocolError, 502, Receive, Site, Answered, "does not speak HTTP"},
		{"status code that quotes a text", broken(`malformed HTTP status code "http: server closed idle connection"`), atHead, HTTPProtocolError, 502, Receive, Site, Answered, "no HTTP status line"},
		{"status code like a greeting", broken(`malformed HTTP status code "2200"`), atHead, HTTPProtocolError, 502, Receive, Site, Answered, "not three digits"},
		{"length like a greeting", broken(`bad Content-Length "220"`), atHead, HTTPProtocolError, 502, Receive, Site, Answered, "no number"},
		{"header field that quotes a text", fmt.Errorf(connectionBroken+"%w", textproto.ProtocolError("malformed MIME header: missing colon: \"http: nil Request.URL\"")), atHead, HTTPProtocolError, 502, Receive, Site, Answered, "header field"},
		{"GOAWAY that quotes a text", http2GoAwayError{1, 0, "http2: client connection lost"}, atWait, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "GOAWAY"},
		{"text inside a text", errors.New("x: http: server closed idle connection"), atConn, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "without an answer"},

		// Forward proxies.
		{"proxy says no", errors.New("Proxy Authentication Required"), atTunnel, ConnectionRefused, 502, Connect, Site, NotSent, "credentials"},
		{"proxy says no HTTP", errors.New(`malformed HTTP response "x"`), atTunnel, HTTPProtocolError, 502, Connect, Site, NotSent, "no HTTP"},
		{"proxy hangs up", io.ErrUnexpectedEOF, atTunnel, ConnectionTerminated, 502, Connect, Site, NotSent, "without an answer to CONNECT"},
		{"proxy resets", reset, atTunnel, ConnectionTerminated, 502, Connect, Site, NotSent, "reset"},
		{"proxy is silent", opError("proxyconnect", os.ErrDeadlineExceeded), atTunnel, ConnectionTimeout, 504, Connect, Site, NotSent, ""},
		{"proxy refuses TCP", opError("proxyconnect", opError("dial", errno("connect", syscall.ECONNREFUSED))), atDial, ConnectionRefused, 502, Connect, Site, NotSent, "the forward proxy: nothing listens"},
		{"proxy sends an alert", opError("proxyconnect", opError("remote error", tls.AlertError(40))), atTLS, TLSAlertReceived, 502, Connect, Site, NotSent, "TLS parameters"},
		{"proxy resets in the handshake", opError("proxyconnect", reset), atTLS, ConnectionTerminated, 502, Connect, Site, NotSent, "reset"},
		{"proxy without TLS", opError("proxyconnect", tls.RecordHeaderError{RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}}), atTLS, TLSProtocolError, 502, Connect, Site, NotSent, "plain HTTP"},
		{"SOCKS says no", opError("socks connect", errOwn), atTunnel, ConnectionRefused, 502, Connect, Site, NotSent, "SOCKS"},

		{"a dialler's certificate", &tls.CertificateVerificationError{Err: errOwn}, atTunnel, TLSCertificateError, 502, Connect, Site, NotSent, "certificate"},

		// Dialling.
		{"an errno in words of a dialler", fmt.Errorf("x: %w", syscall.ECONNREFUSED), atPool, ConnectionRefused, 502, Connect, Site, NotSent, "listens"},
		{"a tunnel that is dead", io.EOF, atPool, ConnectionTerminated, 502, Connect, Site, NotSent, "dialler"},
		{"a dialler's patience", timeoutError{}, atPool, ConnectionTimeout, 504, Connect, Site, NotSent, hintNoAnswer},
		{"clock in a pool without a limit", context.Canceled, atPool.with(ownClock).with(func(f *Facts) { f.Unlimited = true }), ConnectionTimeout, 504, Connect, Site, NotSent, hintNoAnswer},
		{"what httptrace told of the dial", errOwn, atDial.with(told(opError("dial", errno("connect", syscall.ECONNREFUSED)))), ConnectionRefused, 502, Connect, Site, NotSent, "listens"},
		{"what httptrace told of the look-up", errOwn, atLookup.with(told(&net.DNSError{IsNotFound: true})), DNSError, 502, Lookup, Site, NotSent, "spelling"},
		{"what httptrace told of the handshake", errOwn, atTLS.with(told(&tls.CertificateVerificationError{Err: errOwn})), TLSCertificateError, 502, Connect, Site, NotSent, "certificate"},
		{"what httptrace told of the handshake, in words alone", errOwn, atTLS.with(told(errors.New("tls: failed to parse certificate from server: x"))), TLSCertificateError, 502, Connect, Site, NotSent, "malformed"},
		{"a certificate error in words alone", errors.New("tls: failed to verify certificate: x"), atTLS, TLSCertificateError, 502, Connect, Site, NotSent, "not accepted"},
		{"what httptrace told, which is nothing", errOwn, atDial.with(told(errOwn)), ConnectionTerminated, 502, Connect, Site, NotSent, "dialler"},
		{"what httptrace told before a connection", errOwn, atWait.with(told(opError("dial", errno("connect", syscall.ECONNREFUSED)))), ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "without an answer"},
		{"no such name", opError("dial", &net.DNSError{IsNotFound: true}), atLookup, DNSError, 502, Lookup, Site, NotSent, "spelling"},
		{"no answer of the resolver", opError("dial", &net.DNSError{IsTimeout: true}), atLookup, DNSTimeout, 504, Lookup, Site, NotSent, hintResolver},
		{"resolver fails", opError("dial", &net.DNSError{IsTemporary: true}), atLookup, DNSError, 502, Lookup, Site, NotSent, "resolver"},
		{"dial times out", opError("dial", os.ErrDeadlineExceeded), atDial, ConnectionTimeout, 504, Connect, Site, NotSent, hintNoAnswer},
		{"dial of no port", opError("dial", &net.AddrError{Err: "invalid port"}), atDial, ProxyConfigurationError, 500, "", Site, NotSent, "port"},
		{"dial of no family", opError("dial", &net.AddrError{Err: "no suitable address found"}), atDial, DestinationIPUnroutable, 502, Connect, Site, NotSent, "families"},
		{"Control says no", opError("dial", errOwn), atDial, DestinationIPProhibited, 502, Connect, Site, NotSent, "Control"},
		{"a refusal that is no dial", opError("read", errno("read", syscall.ECONNREFUSED)), atWait, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, ""},
		{"a dial that sent before", opError("dial", errno("connect", syscall.ECONNREFUSED)), atDial.with(sentBefore), ConnectionRefused, 502, Connect, Site, OutcomeUnknown, ""},
		{"a dial that nobody saw", opError("dial", errno("connect", syscall.ECONNREFUSED)), Facts{}, ConnectionRefused, 502, Connect, Site, OutcomeUnknown, ""},

		// Connections.
		{"closed", io.EOF, atWait, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "without an answer"},
		{"closed as sent", io.EOF, atConn.with(reused), ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "kept"},
		{"closed in TLS", io.EOF, atTLS, ConnectionTerminated, 502, Connect, Site, NotSent, "SNI"},
		{"closed in the head", fmt.Errorf(connectionBroken+"%w", io.ErrUnexpectedEOF), atHead, HTTPResponseIncomplete, 502, Receive, Site, Answered, "head"},
		{"closed in the body", io.ErrUnexpectedEOF, reading.with(func(f *Facts) { f.Length = 9 }), HTTPResponseIncomplete, 502, Receive, Site, Answered, "Content-Length"},
		{"closed in a chunk", io.ErrUnexpectedEOF, reading.with(func(f *Facts) { f.Length = -1 }), HTTPResponseIncomplete, 502, Receive, Site, Answered, "last chunk"},
		{"reset", reset, atWait, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "reset"},
		{"reset in the upload", opError("readfrom", opError("write", errno("write", syscall.EPIPE))), atUpload, ConnectionTerminated, 502, Send, Site, OutcomeUnknown, "upload"},
		{"reset in the body", reset, reading, ConnectionTerminated, 502, Receive, Site, Answered, "reset"},
		{"closed under us", opError("write", net.ErrClosed), atUpload, ConnectionTerminated, 502, Send, Site, OutcomeUnknown, ""},
		{"silent", timeout, atWait, ConnectionReadTimeout, 504, Receive, Site, OutcomeUnknown, "silent"},
		{"silent, says the kernel", opError("read", errno("read", syscall.ETIMEDOUT)), atWait, ConnectionReadTimeout, 504, Receive, Site, OutcomeUnknown, "silent"},
		{"takes nothing", opError("write", os.ErrDeadlineExceeded), atUpload, ConnectionWriteTimeout, 504, Send, Site, OutcomeUnknown, "silent"},
		{"no head in time", timeoutError{}, atWait, HTTPResponseTimeout, 504, Receive, Site, OutcomeUnknown, hintSlow},
		{"no handshake in time", timeoutError{}, atTLS, ConnectionTimeout, 504, Connect, Site, NotSent, "handshake"},

		// TLS.
		{"certificate", &tls.CertificateVerificationError{Err: errOwn}, atTLS, TLSCertificateError, 502, Connect, Site, NotSent, "certificate"},
		{"no TLS", tls.RecordHeaderError{RecordHeader: [5]byte{1, 2, 3, 4, 5}}, atTLS, TLSProtocolError, 502, Connect, Site, NotSent, "does not speak TLS"},
		{"broken TLS", opError("local error", tls.AlertError(20)), atTLS, TLSProtocolError, 502, Connect, Site, NotSent, "bytes"},
		{"ECH", &tls.ECHRejectionError{}, atTLS, TLSProtocolError, 502, Connect, Site, NotSent, "Encrypted"},
		{"something in TLS", errOwn, atTLS, TLSProtocolError, 502, Connect, Site, NotSent, "handshake"},

		// Bodies.
		{"length limit of the visitor", tooBig, atUpload, HTTPRequestError, 413, Send, Visitor, OutcomeUnknown, "limit"},
		{"length limit of the answer", tooBig, reading, HTTPResponseBodySize, 502, Receive, Site, Answered, "limit"},
		{"no gzip", gzip.ErrHeader, reading, HTTPResponseContentCoding, 502, Receive, Site, Answered, "gzip"},
		{"a wrong gzip sum", gzip.ErrChecksum, reading, HTTPResponseContentCoding, 502, Receive, Site, Answered, "gzip"},
		{"broken gzip", flate.CorruptInputError(1), reading, HTTPResponseContentCoding, 502, Receive, Site, Answered, "gzip"},
		{"a long chunk line", http.ErrLineTooLong, reading, HTTPResponseTransferCoding, 502, Receive, Site, Answered, hintChunks},
		{"a malformed trailer", textproto.ProtocolError("x"), reading, HTTPProtocolError, 502, Receive, Site, Answered, "trailer"},

		// The step alone.
		{"nothing seen", errOwn, Facts{}, ProxyInternalError, 502, "", Unknown, OutcomeUnknown, ""},
		{"a transport that tells nothing", errOwn, Facts{Called: true}, ProxyInternalError, 502, "", Site, OutcomeUnknown, "own transport"},
		{"refused", errOwn, Facts{}.with(refused), ProxyInternalError, 502, "", Site, NotSent, "own transport"},
		{"in the pool", errOwn, atPool, ConnectionTerminated, 502, Connect, Site, NotSent, "dialler"},
		{"at the lookup", errOwn, atLookup, DNSError, 502, Lookup, Site, NotSent, "resolver"},
		{"as it dials", errOwn, atDial, ConnectionTerminated, 502, Connect, Site, NotSent, ""},
		{"as it waits", errOwn, atWait, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, "without an answer"},
		{"in the head", errOwn, atHead, ProxyInternalError, 502, "", Site, Answered, "did not take"},
		{"in the head, says net/http", fmt.Errorf(connectionBroken+"%w", errOwn), atHead, HTTPProtocolError, 502, Receive, Site, Answered, "understood"},
		{"in the body", errOwn, reading, HTTPResponseIncomplete, 502, Receive, Site, Answered, "to its end"},
		{"no error at all", nil, Facts{}, ProxyInternalError, 502, "", Unknown, OutcomeUnknown, ""},
		{"steps without a connection", errOwn, Facts{Step: StepSent}, ConnectionTerminated, 502, Receive, Site, OutcomeUnknown, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Of(c.err, c.facts)
			want := Diagnosis{Type: c.want, Status: c.status, Phase: c.phase, Party: c.party, Outcome: c.outcome}
			same := got
			same.Hint, same.Retryable, same.Alert, same.Limit = "", false, 0, 0
			if same != want || !strings.Contains(got.Hint, c.hint) {
				t.Errorf("got  %+v\nwant %+v, hint with %q", got, want, c.hint)
			}
			if (c.want == gone) != got.Gone() {
				t.Errorf("Gone() = %v", got.Gone())
			}
		})
	}
}

// timeoutError is what net/http calls its own: a net.Error, and no more.
type timeoutError struct{}

func (timeoutError) Error() string   { return "net/http: timeout awaiting response headers" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// TestOfError: the host program's word works for all types, with RFC 9209's status.
func TestOfError(t *testing.T) {
	t.Parallel()
	recommended := map[Type]int{
		DNSTimeout: 504, DNSError: 502, DestinationNotFound: 500, DestinationUnavailable: 503,
		DestinationIPProhibited: 502, DestinationIPUnroutable: 502, ConnectionRefused: 502,
		ConnectionTerminated: 502, ConnectionTimeout: 504, ConnectionReadTimeout: 504,
		ConnectionWriteTimeout: 504, ConnectionLimitReached: 503, TLSProtocolError: 502,
		TLSCertificateError: 502, TLSAlertReceived: 502, HTTPRequestError: 400, HTTPRequestDenied: 403,
		HTTPResponseIncomplete: 502, HTTPResponseHeaderSectionSize: 502, HTTPResponseHeaderSize: 502,
		HTTPResponseBodySize: 502, HTTPResponseTrailerSectionSize: 502, HTTPResponseTrailerSize: 502,
		HTTPResponseTransferCoding: 502, HTTPResponseContentCoding: 502, HTTPResponseTimeout: 504,
		HTTPUpgradeFailed: 502, HTTPProtocolError: 502, ProxyInternalResponse: 503,
		ProxyInternalError: 500, ProxyConfigurationError: 500, ProxyLoopDetected: 502,
	}
	if len(Types()) != 32 || len(recommended) != 32 {
		t.Fatalf("%d types, want 32", len(Types()))
	}
	for _, want := range Types() {
		for _, f := range []Facts{{}, {NotTried: true}, atPool, atWait, answered, reading} {
			d := Of(fmt.Errorf("x: %w", &Error{Type: want}), f)
			if d.Type != want || d.Status != recommended[want] || d.Status != want.Properties().Status || (d.Party != Site && d.Party != Visitor) {
				t.Errorf("%s at step %d: got %+v", want, f.Step, d)
			}
		}
	}
	for _, status := range []int{-1, 1, 99, 200, 399, 600, 1000} {
		if d := Of(&Error{Type: HTTPRequestDenied, Status: status}, Facts{}); d.Status != 403 {
			t.Errorf("status %d, which is no error, was taken", status)
		}
	}
	d := Of(&Error{Type: HTTPRequestDenied, Status: 451, RetryAfter: time.Minute, Hint: "a hint"}, Facts{})
	if d.Status != 451 || d.RetryAfter != time.Minute || !d.Retryable || d.Hint != "a hint" {
		t.Errorf("got %+v", d)
	}
}

// TestOfDialler has the running Go refuse to dial.
func TestOfDialler(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	if err = l.Close(); err != nil {
		t.Fatal(err)
	}
	control := &net.Dialer{Control: func(string, string, syscall.RawConn) error { return errOwn }}
	for _, c := range []struct {
		dialler          *net.Dialer
		network, address string
		want             Type
	}{
		{&net.Dialer{}, "tcp", closed, ConnectionRefused},
		{&net.Dialer{}, "tcp", "127.0.0.1:99999", ProxyConfigurationError},
		{&net.Dialer{}, "tcp6", "127.0.0.1:80", DestinationIPUnroutable},
		{&net.Dialer{Timeout: -time.Second}, "tcp", closed, ConnectionTimeout},
		{control, "tcp", closed, DestinationIPProhibited},
		{&net.Dialer{}, "tcp9", closed, ProxyConfigurationError},
		{&net.Dialer{}, "tcp", "127.0.0.1", ProxyConfigurationError},
		{&net.Dialer{}, "tcp", "[::1]x:80", ProxyConfigurationError},
		{&net.Dialer{LocalAddr: &net.UDPAddr{}}, "tcp", closed, ProxyConfigurationError},
		{&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}}, "tcp", closed, ProxyConfigurationError},
	} {
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return c.dialler.DialContext(ctx, c.network, c.address)
		}}
		_, err := transport.RoundTrip(get("http://upstream"))
		if d := Of(err, atDial); d.Type != c.want {
			t.Errorf("%s %s: got %+v for %v", c.network, c.address, d, err)
		}
	}
}

// TestOfAlerts: every TLS alert keeps its number, as an error and on the line.
func TestOfAlerts(t *testing.T) {
	t.Parallel()
	for n := range 256 {
		if d := Of(opError("remote error", tls.AlertError(n)), atTLS); d.Type != TLSAlertReceived || d.Alert != n || d.Phase != Connect || d.Hint == "" {
			t.Errorf("alert %d: got %+v", n, d)
		}
	}
	for n := 1; n < 256; n++ { // 0 is close_notify: the end, and no alert
		onStage(t, func(s *stage) {
			err := s.send(s.transport(says("\x15\x03\x03\x00\x02\x02"+string([]byte{byte(n)}))), get("https://upstream"))
			if d := Of(err, atTLS); d.Type != TLSAlertReceived || d.Alert != n {
				t.Errorf("alert %d on the line: got %+v for %v", n, d, err)
			}
		})
	}
}

// says is an upstream that says something, whatever it is asked.
func says(words string) func(net.Conn) {
	return func(c net.Conn) {
		go func() { _, _ = io.Copy(io.Discard, c) }()
		_, _ = io.WriteString(c, words)
	}
}

// TestOfGreetings: other protocols are known by what they really say first.
func TestOfGreetings(t *testing.T) {
	t.Parallel()
	const plain, secure = "http://upstream", "https://upstream"
	for _, c := range []struct{ name, address, words, hint string }{
		{"SSH", plain, "SSH-2.0-OpenSSH_9.6\r\n", "SSH"},
		{"SSH with a comment", plain, "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5\r\n", "SSH"},
		{"SSH under TLS", secure, "SSH-2.0-OpenSSH_9.6\r\n", "SSH"},
		{"SMTP", plain, "220 mail.example.org ESMTP Postfix\r\n", "SMTP"},
		{"SMTP, many lines", plain, "220-mail.example.org\r\n220 ESMTP\r\n", "SMTP"},
		{"SMTP under TLS", secure, "220 mail.example.org ESMTP Postfix\r\n", "SMTP"},
		{"FTP", plain, "220 (vsFTPd 3.0.5)\r\n", "FTP"},
		{"IMAP under TLS", secure, "* OK [CAPABILITY IMAP4rev1] ready\r\n", "IMAP"},
		{"POP3 under TLS", secure, "+OK Dovecot ready.\r\n", "POP3"},
		{"MySQL", plain, "\x4a\x00\x00\x00\x0a8.0.36\x00", "MySQL"},
		{"MySQL under TLS", secure, "\x4a\x00\x00\x00\x0a8.0.36\x00", "MySQL"},
		{"Redis", plain, "-ERR wrong number of arguments for 'get' command\r\n", "Redis"},
		{"Redis under TLS", secure, "-ERR unknown command\r\n", "Redis"},
		{"PostgreSQL", plain, "EFATAL:  unsupported frontend protocol 21536.18516\n\x00", "PostgreSQL"},
		{"PostgreSQL under TLS", secure, "E\x00\x00\x00\x84SFATAL\x00", "PostgreSQL"},
		{"memcached", plain, "ERROR\r\n", "memcached"},
		{"FastCGI under TLS", secure, "\x01\x03\x00\x01\x00\x08\x00\x00", "FastCGI"},
		{"h2c", plain, "\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", "h2c"},
		{"TLS", plain, "\x15\x03\x01\x00\x02\x02\x0a", "https://"},
		{"HTTP under TLS", secure, "HTTP/1.1 400 Bad Request\r\n\r\n", "http://"},
		{"HTML", plain, "<html>\r\n", "HTTP/0.9"},
		{"HTML with a language", plain, "<html lang=\"en\">\r\n", "HTTP/0.9"},
		{"HTML with a type", plain, "<!DOCTYPE html>\r\n", "HTTP/0.9"},
		{"HTML with a long type", plain, "<!doctype HTML PUBLIC \"x\">\r\n", "HTTP/0.9"},
		{"status of four digits", plain, "HTTP/1.1 2200 OK\r\n\r\n", "three digits"},
		{"words", plain, "hello\r\n", "does not speak HTTP"},
		{"words under TLS", secure, "hello\r\n", "does not speak TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, func(s *stage) {
				f, want, serve := atHead, HTTPProtocolError, answers(c.words)
				if c.address == secure {
					f, want, serve = atTLS, TLSProtocolError, says(c.words)
				}
				err := s.send(s.transport(serve), get(c.address))
				if d := Of(err, f); d.Type != want || !strings.Contains(d.Hint, c.hint) {
					t.Errorf("got %+v for %v", d, err)
				}
			})
		})
	}
}

// TestOfPhrases: a forward proxy may say any of the texts as its reason.
func TestOfPhrases(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		phrase := text.begins + "x"
		if strings.HasPrefix(phrase, "malformed HTTP") {
			continue // net/http's own words there; they cannot be told from a phrase, and accuse nobody else
		}
		onStage(t, func(s *stage) {
			transport := s.transport(s.keeping("HTTP/1.1 403 " + phrase + "\r\n\r\n"))
			transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy") }
			err := s.send(transport, get("https://upstream"))
			if err == nil || err.Error() != phrase {
				t.Fatalf("got %v, want the phrase %q", err, phrase)
			}
			if d := Of(err, atTunnel); d.Type != ConnectionRefused || d.Outcome != NotSent || d.Phase != Connect {
				t.Errorf("%q: got %+v", phrase, d)
			}
		})
	}
}

// TestOfCertificates has crypto/tls refuse certificates.
func TestOfCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good := certificateFor(now.Add(-time.Hour), now.Add(time.Hour), "upstream")
	for _, c := range []struct {
		name        string
		certificate tls.Certificate
		clock       time.Time
		trusted     bool
		hint        string
	}{
		{"unknown authority", good, now, false, "RootCAs"},
		{"expired", good, now.Add(2 * time.Hour), true, "expired"},
		{"not yet valid", good, now.Add(-2 * time.Hour), true, "not valid yet"},
		{"another name", certificateFor(now.Add(-time.Hour), now.Add(time.Hour), "else"), now, true, "another name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, func(s *stage) {
				transport := s.transport(func(conn net.Conn) {
					_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{c.certificate}}).Handshake()
				})
				transport.TLSClientConfig = &tls.Config{RootCAs: pool(c.certificate, c.trusted), Time: func() time.Time { return c.clock }}
				err := s.send(transport, get("https://upstream"))
				if d := Of(err, atTLS); d.Type != TLSCertificateError || !strings.Contains(d.Hint, c.hint) {
					t.Errorf("got %+v for %v", d, err)
				}
			})
		})
	}
}
