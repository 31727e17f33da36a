package diagnosis

import (
	"errors"
	"reflect"
	"slices"
	"strings"
)

// A streamError has the fields of the HTTP/2 stream error inside net/http, which fills
// any struct of that shape through its As method.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "HTTP/2 stream error" }

// HTTP/2 error codes (RFC 9113 §7).
const (
	noError            = 0
	protocolError      = 1
	internalError      = 2
	refusedStream      = 7
	cancelled          = 8
	enhanceYourCalm    = 11
	inadequateSecurity = 12
	http11Required     = 13
)

var codeNames = [...]string{
	"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
	"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
}

// codeOf returns the code with that name; what is not known is a protocol error.
func codeOf(name string) uint32 {
	if i := slices.Index(codeNames[:], name); i >= 0 {
		return uint32(i)
	}
	return protocolError
}

func nameOf(code uint32) string {
	if int(code) < len(codeNames) {
		return codeNames[code]
	}
	return "an unknown code"
}

// ofHTTP2 decides by the HTTP/2 errors of net/http. Only the stream error can be had
// by its type; the others are read by reflection, by the end of their type's name,
// which is the same in net/http and golang.org/x/net (golang/go#74578).
func ofHTTP2(err error, f Facts) (Diagnosis, bool) {
	if stream, ok := errors.AsType[streamError](err); ok {
		if cause := stream.Cause; cause != nil && isText(cause, "received from peer") {
			return ofReset(stream.Code, f), true
		} else if cause != nil && (isText(cause, "http2: response header list larger") || isText(cause, "header list too large")) {
			return ofStep(HTTPResponseHeaderSectionSize, f).hint(hintHeader), true
		}
		d := ofStep(HTTPProtocolError, f).hint(findingHint(stream.Cause))
		d.Outcome = Answered // we found it in what came back
		return d, true
	}
	for link := err; link != nil; link = errors.Unwrap(link) {
		v := reflect.ValueOf(link)
		name := v.Type().Name()
		switch {
		case strings.HasSuffix(name, "GoAwayError") && v.Kind() == reflect.Struct:
			if code := v.FieldByName("ErrCode"); code.CanUint() {
				return ofGoAway(uint32(code.Uint()), f), true
			}
		case strings.HasSuffix(name, "ConnectionError") && v.CanUint():
			return ofStep(HTTPProtocolError, f).hint(hintHTTP2), true
		}
	}
	return Diagnosis{}, false
}

const hintHTTP2 = "the upstream broke the HTTP/2 protocol: look for a bug or a proxy in between, or use HTTP/1.1"

// findingHint says what net/http found wrong in an HTTP/2 answer.
func findingHint(cause error) string {
	switch {
	case cause == nil:
		return "the upstream's HTTP/2 answer does not begin with its head: look for a bug or a proxy in between"
	case isText(cause, "malformed response from server"):
		return "the upstream's HTTP/2 answer has no sound :status: look for a bug or a proxy in between"
	}
	return "the upstream's HTTP/2 answer has a malformed header field: look at what it sets"
}

// ofReset names a stream that the upstream reset.
func ofReset(code uint32, f Facts) Diagnosis {
	t, advice := HTTPProtocolError, "look for a bug or a proxy in between, or use HTTP/1.1"
	switch code {
	case noError, internalError, cancelled:
		t, advice = HTTPResponseIncomplete, "look at its log"
	case refusedStream:
		t, advice = DestinationUnavailable, "it is overloaded or shutting down"
	case enhanceYourCalm:
		t, advice = DestinationUnavailable, "it asks for fewer requests: look at its limits"
	case inadequateSecurity:
		t, advice = TLSProtocolError, "it wants stronger TLS for HTTP/2: check versions and ciphers"
	case http11Required:
		advice = "it wants HTTP/1.1 for this request: use a transport without HTTP/2"
	}
	d := ofStep(t, f).hint("the upstream reset the HTTP/2 stream with " + nameOf(code) + ": " + advice)
	d.Phase = Receive // it is an answer of a kind, also where the type usually fails before
	if code == refusedStream {
		d = d.unsent(f, proofRefused)
	}
	return d
}

// ofGoAway names a connection that the upstream ended with GOAWAY.
func ofGoAway(code uint32, f Facts) Diagnosis {
	t, advice := HTTPProtocolError, "look at its log"
	switch code {
	case noError:
		t, advice = ConnectionTerminated, "it is shutting down or restarting"
	case enhanceYourCalm:
		t, advice = DestinationUnavailable, "it asks for fewer requests: look at its limits"
	case inadequateSecurity:
		t, advice = TLSProtocolError, "it wants stronger TLS for HTTP/2: check versions and ciphers"
	}
	d := ofStep(t, f).hint("the upstream ended the HTTP/2 connection (GOAWAY) with " + nameOf(code) + ": " + advice)
	d.Phase = Receive
	return d
}
