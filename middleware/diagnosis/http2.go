package diagnosis

import (
	"errors"
	"reflect"
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
	internalError      = 2
	refusedStream      = 7
	cancelled          = 8
	enhanceYourCalm    = 11
	inadequateSecurity = 12
	http11Required     = 13
)

var codeNames = map[string]uint32{
	"NO_ERROR": noError, "INTERNAL_ERROR": internalError, "REFUSED_STREAM": refusedStream, "CANCEL": cancelled,
	"ENHANCE_YOUR_CALM": enhanceYourCalm, "INADEQUATE_SECURITY": inadequateSecurity, "HTTP_1_1_REQUIRED": http11Required,
}

// ofHTTP2 decides by the HTTP/2 errors of net/http. Only the stream error can be had
// by its type; the others are read by reflection, by the end of their type's name,
// which is the same in net/http and golang.org/x/net (golang/go#74578).
func ofHTTP2(err error, f Facts) (Diagnosis, bool) {
	var stream streamError
	if errors.As(err, &stream) {
		if cause := stream.Cause; cause != nil && isText(cause, "received from peer") {
			return ofReset(stream.Code, f), true
		} else if cause != nil && (isText(cause, "http2: response header list larger") || isText(cause, "header list too large")) {
			return ofStep(HTTPResponseHeaderSectionSize, f).hint(hintHeader), true
		}
		return ofStep(HTTPProtocolError, f).hint(hintHTTP2), true
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

// ofReset names a stream that the upstream reset.
func ofReset(code uint32, f Facts) Diagnosis {
	d := ofStep(HTTPProtocolError, f).hint(hintHTTP2)
	switch code {
	case noError, internalError, cancelled:
		d = ofStep(HTTPResponseIncomplete, f).hint("the upstream gave up the HTTP/2 stream (RST_STREAM): look at its log")
	case refusedStream:
		d = ofStep(DestinationUnavailable, f).hint("the upstream refused the HTTP/2 stream (REFUSED_STREAM): it is overloaded or shutting down")
	case enhanceYourCalm:
		d = ofStep(DestinationUnavailable, f).hint("the upstream asks for fewer requests (ENHANCE_YOUR_CALM): look at its limits")
	case inadequateSecurity:
		d = ofStep(TLSProtocolError, f).hint("the upstream wants stronger TLS for HTTP/2 (INADEQUATE_SECURITY): check versions and ciphers")
	case http11Required:
		d.Hint = "the upstream wants HTTP/1.1 for this request (HTTP_1_1_REQUIRED): use a transport without HTTP/2"
	}
	if f.Step < StepHead {
		d.Phase = Receive // it is an answer of a kind, also where the type usually fails before
	}
	return d
}

// ofGoAway names a connection that the upstream ended with GOAWAY.
func ofGoAway(code uint32, f Facts) Diagnosis {
	switch code {
	case noError:
		return ofStep(ConnectionTerminated, f).hint("the upstream ended the HTTP/2 connection (GOAWAY): it is shutting down or restarting")
	case enhanceYourCalm, inadequateSecurity:
		return ofReset(code, f)
	}
	return ofStep(HTTPProtocolError, f).hint("the upstream ended the HTTP/2 connection with an error (GOAWAY): look at its log")
}
