package diagnosis

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// Look-alikes of the HTTP/2 errors that net/http and golang.org/x/net keep to themselves.
type (
	http2StreamError struct {
		StreamID uint32
		Code     uint32
		Cause    error
	}
	http2GoAwayError struct {
		LastStreamID uint32
		ErrCode      uint32
		DebugData    string
	}
	http2ConnectionError uint32
	// StreamError is that of golang.org/x/net: it has no As.
	StreamError struct {
		StreamID uint32
		Code     uint32
	}
)

func (e http2StreamError) Error() string {
	return fmt.Sprintf("stream error: stream ID %d; %s; %v", e.StreamID, nameOf(e.Code), e.Cause)
}

func (e http2StreamError) As(target any) bool {
	s, ok := target.(*streamError)
	if ok {
		*s = streamError(e)
	}
	return ok
}

func (e http2GoAwayError) Error() string {
	return fmt.Sprintf("http2: server sent GOAWAY and closed the connection; LastStreamID=%v, ErrCode=%v, debug=%q", e.LastStreamID, e.ErrCode, e.DebugData)
}

func (e http2ConnectionError) Error() string { return "connection error: " + nameOf(uint32(e)) }

func (e StreamError) Error() string {
	return fmt.Sprintf("stream error: stream ID %d; %s; received from peer", e.StreamID, nameOf(e.Code))
}

var errFromPeer = errors.New("received from peer")

func wantOfReset(code uint32) Type {
	switch code {
	case 0, 2, 8:
		return HTTPResponseIncomplete
	case 7, 11:
		return DestinationUnavailable
	case 12:
		return TLSProtocolError
	}
	return HTTPProtocolError
}

func wantOfGoAway(code uint32) Type {
	switch code {
	case 0:
		return ConnectionTerminated
	case 11:
		return DestinationUnavailable
	case 12:
		return TLSProtocolError
	}
	return HTTPProtocolError
}

// TestHTTP2Codes has the running Go say every HTTP/2 error code in every way it can, and
// look-alikes of types that it may say them with.
func TestHTTP2Codes(t *testing.T) {
	t.Parallel()
	refuse := func(last uint32) func(uint32) func(*h2Conn, uint32) {
		return func(code uint32) func(*h2Conn, uint32) {
			return func(c *h2Conn, _ uint32) {
				c.goAway(last, code)
				synctest.Wait() // until it is read: a write into a closed connection would fail first
				c.hangUp()
			}
		}
	}
	ways := []struct {
		name   string
		script func(code uint32) func(*h2Conn, uint32) // nil: the look-alike
		alike  func(code uint32) error
		want   func(code uint32) Type
		text   func(code uint32) string // what it begins with

		unprocessed bool // by RFC 9113 section 8.7
	}{
		{"reset", func(code uint32) func(*h2Conn, uint32) {
			return func(c *h2Conn, stream uint32) { c.reset(stream, code) }
		}, nil, wantOfReset, func(code uint32) string {
			if code == protocolError || code == refusedStream {
				return cannotRetry + "stream error: stream ID "
			}
			return "stream error: stream ID "
		}, false},
		{"goaway", refuse(1), nil, wantOfGoAway, nil, false},
		{"goaway before the request", refuse(0), nil, func(code uint32) Type {
			if code == noError {
				return DestinationUnavailable
			}
			return wantOfGoAway(code)
		}, func(code uint32) string {
			if code == noError {
				return cannotRetry + goAwayCalm
			}
			return goAwayCode
		}, true},
		{"reset alike", nil, func(code uint32) error { return http2StreamError{1, code, errFromPeer} }, wantOfReset, nil, false},
		{"reset of x/net", nil, func(code uint32) error { return StreamError{1, code} }, wantOfReset, nil, false},
		{"goaway alike", nil, func(code uint32) error { return http2GoAwayError{1, code, ""} }, wantOfGoAway, nil, false},
		{"connection alike", nil, func(code uint32) error { return http2ConnectionError(code) }, func(uint32) Type { return HTTPProtocolError }, nil, false},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			for code := range uint32(21) {
				check := func(err error) {
					t.Helper()
					if way.text != nil && !strings.HasPrefix(err.Error(), way.text(code)) {
						t.Errorf("code %d: got %q, want it to begin with %q", code, err, way.text(code))
					}
					d := Of(err, Facts{Step: StepSent, GotConn: true, Wrote: true})
					outcome := OutcomeUnknown
					if way.unprocessed || strings.HasPrefix(way.name, "reset") && code == refusedStream {
						outcome = NotSent
					}
					if d.Type != way.want(code) || d.Phase != Receive || d.Outcome != outcome {
						t.Errorf("code %d: got %+v for %v (%T), want %s", code, d, err, err, way.want(code))
					}
				}
				if way.script == nil {
					check(way.alike(code))
					continue
				}
				onStage(t, func(s *stage) { check(scripted(securePost, way.script(code))(s)) })
			}
		})
	}
}

// TestHTTP2Findings has net/http find fault with HTTP/2 answers.
func TestHTTP2Findings(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("a", 1<<9)
	for _, c := range []struct {
		name   string
		script func(c *h2Conn, stream uint32)
		want   Type
		hint   string
	}{
		{"header list", func(c *h2Conn, stream uint32) {
			c.headers(stream, flagEndStream, ":status", "200", "a", large, "b", large, "c", large)
		}, HTTPResponseHeaderSectionSize, hintHeader},
		{"header lists of 1xx", func(c *h2Conn, stream uint32) {
			for range 2 << 10 {
				c.headers(stream, 0, ":status", "103", "a", large)
			}
		}, HTTPResponseHeaderSectionSize, hintHeader},
		{"no status", func(c *h2Conn, stream uint32) { c.headers(stream, flagEndStream, "a", "b") }, HTTPProtocolError, "no sound :status"},
		{"a status that is no number", func(c *h2Conn, stream uint32) { c.headers(stream, flagEndStream, ":status", "abc") }, HTTPProtocolError, "no sound :status"},
		{"a bad name", func(c *h2Conn, stream uint32) { c.headers(stream, flagEndStream, ":status", "200", "A", "b") }, HTTPProtocolError, "malformed header field"},
		{"body before head", func(c *h2Conn, stream uint32) { c.frame(frameData, 0, stream, 'a') }, HTTPProtocolError, "does not begin with its head"},
		{"body on no stream", func(c *h2Conn, _ uint32) { c.frame(frameData, 0, 0, 'a') }, HTTPProtocolError, hintHTTP2},
		{"a short ping", func(c *h2Conn, _ uint32) { c.frame(framePing, 0, 0, 'a') }, HTTPProtocolError, hintHTTP2},
	} {
		t.Run(c.name, func(t *testing.T) {
			onStage(t, func(s *stage) {
				transport := s.transport(h2(h2Server{script: c.script}))
				transport.MaxResponseHeaderBytes = 1 << 10
				err := s.send(transport, secureGet())
				d := Of(err, Facts{Step: StepSent, GotConn: true, Wrote: true})
				if d.Type != c.want || !strings.Contains(d.Hint, c.hint) {
					t.Errorf("got %+v for %v (%T)", d, err, err)
				}
			})
		})
	}
}
