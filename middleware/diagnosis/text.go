package diagnosis

import (
	"errors"
	"net/http"
	"strings"
)

const (
	hintChunks = "the upstream's chunked coding is malformed: look for a bug or a proxy in between"
	hintHeader = "the upstream's header section is larger than MaxResponseHeaderBytes: look for huge cookies, or raise the limit"
	hintLength = "the request body is not as long as its Content-Length says: what is in front of the proxy, or Rewrite, read or changed it; let it put the body back and set ContentLength"
	hintOwn    = "the gateway made a request that cannot be sent: check Rewrite or Director"
	hintIdle   = "the upstream closed the idle connection as the request was sent: its keep-alive is shorter than the gateway's IdleConnTimeout"
)

// Texts of net/http that quote what the upstream said instead of HTTP.
const (
	malformedResponse = "malformed HTTP response "    // its first line
	malformedVersion  = "malformed HTTP version "     // its first word
	malformedStatus   = "malformed HTTP status code " // its second word
	badLength         = "bad Content-Length "         // the field's value
)

// A text is an error that net/http or ReverseProxy gives no type.
type text struct {
	begins string // of one link of the chain, never inside it: upstreams choose parts of error texts
	Type
	status int    // 0: the type's own
	proof  string // that nothing was sent, where that is one; see [Facts.outcome]
	hint   string
}

// texts are all of them. A test provokes each from the running Go.
var texts = []text{
	{"http: no Host in request URL", DestinationNotFound, 0, proofUnasked, "the outbound request has no host: check Rewrite or Director"},
	{"unsupported protocol scheme", ProxyConfigurationError, 0, proofUnasked, "the target's scheme must be http or https"},
	{"http: nil Request.URL", ProxyInternalError, http.StatusBadGateway, proofUnasked, hintOwn},
	{"net/http: invalid method", ProxyInternalError, 0, proofUnasked, hintOwn},
	{"net/http: invalid header field", ProxyInternalError, 0, proofUnasked, hintOwn},
	{"net/http: invalid trailer field", ProxyInternalError, 0, proofUnasked, hintOwn},
	{"net/http: can't write control character", ProxyInternalError, 0, "", hintOwn},
	{"net/http: Transport.DialContext hook returned", ProxyInternalError, 0, "", "the transport's DialContext returned neither a connection nor an error"},
	{"http: ContentLength=", ProxyInternalError, 0, "", hintLength},
	{"http: Request.ContentLength=", ProxyInternalError, 0, "", hintLength},
	{"http2: request body larger", ProxyInternalError, 0, "", hintLength},
	{"http: invalid Host header", ProxyInternalError, 0, "", hintOwn},
	{"http2: invalid Upgrade request header", HTTPUpgradeFailed, 0, proofUncoded, "HTTP/2 has no Upgrade, which the request asks for: use a transport with HTTP/1.1 for it"},
	{"http2: invalid ", ProxyInternalError, 0, proofUncoded, hintOwn},
	{"http2: request header list larger", HTTPRequestError, http.StatusRequestHeaderFieldsTooLarge, proofUncoded, "the visitor's header section is larger than the upstream takes: look for huge cookies"},

	{"net/http: server response headers exceeded", HTTPResponseHeaderSectionSize, 0, "", hintHeader},
	{"unsupported transfer encoding", HTTPResponseTransferCoding, 0, "", "the upstream used a transfer coding other than chunked"},
	{"too many transfer encodings", HTTPResponseTransferCoding, 0, "", "the upstream named more than one transfer coding"},
	{malformedResponse, HTTPProtocolError, 0, "", "the upstream does not speak HTTP/1.1 on this port: check the target's port"},
	{malformedVersion, HTTPProtocolError, 0, "", "the upstream does not speak HTTP/1.1 on this port: check the target's port"},
	{malformedStatus, HTTPProtocolError, 0, "", "the upstream's status line is malformed"},
	{badLength, HTTPProtocolError, 0, "", "the upstream sent a Content-Length that is no number"},
	{"http: message cannot contain multiple Content-Length", HTTPProtocolError, 0, "", "the upstream sent several Content-Length that differ"},
	{"invalid empty Content-Length", HTTPProtocolError, 0, "", "the upstream sent an empty Content-Length"},
	{"bad trailer key", HTTPProtocolError, 0, "", "the upstream announced a trailer that cannot be one"},
	{"net/http: server replied with more than declared", HTTPProtocolError, 0, "", "the upstream sent more than its Content-Length"},

	{"invalid byte in chunk length", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"malformed chunked encoding", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"http chunk length too large", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"chunked encoding contains too much non-data", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"empty hex number for chunk length", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"chunked line ends with bare LF", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"invalid CR in chunked line", HTTPResponseTransferCoding, 0, "", hintChunks},
	{"http: suspiciously long trailer", HTTPResponseTrailerSectionSize, 0, "", "the upstream's trailers are too long"},
	{"http: unexpected EOF reading trailer", HTTPResponseIncomplete, 0, "", "the upstream's answer broke off in its trailers"},

	{"http: server closed idle connection", ConnectionTerminated, 0, proofIdle, hintIdle},
	{"net/http: cannot rewind body after connection loss", ConnectionTerminated, 0, "", hintIdle},
	{peekFailed + "%!w(<nil>)", HTTPProtocolError, 0, "", "the upstream sent bytes on a kept connection that nobody asked for: a body with 204, 304 or to HEAD, or more than its Content-Length"},

	{"http2: client conn could not be established", ConnectionTerminated, 0, proofNoStream, "the HTTP/2 connection could not be set up: look at the upstream's log"},
	{"http2: client conn not usable", ConnectionTerminated, 0, proofNoStream, "the HTTP/2 connections ended as the request was sent, one after another: look at the upstream's log"},
	{"http2: client connection force closed", ConnectionTerminated, 0, "", "the HTTP/2 connection broke as another request was sent on it"},
	{"http2: client connection lost", ConnectionReadTimeout, 0, "", "the upstream did not answer HTTP/2 pings: check the machine and the way to it"},
	{"http2: frame too large", HTTPProtocolError, 0, "", hintHTTP2},
	{"http2: failed reading the frame payload", HTTPProtocolError, 0, "", hintHTTP2},

	{"backend tried to switch", HTTPUpgradeFailed, 0, "", "the upstream switched to another protocol than the one that was asked for"},
	{"internal error: 101 switching protocols response", HTTPUpgradeFailed, 0, "", "the upstream switched protocols without being asked"},
	{"client tried to switch to invalid protocol", HTTPRequestError, http.StatusBadRequest, proofUncalled, "the visitor's Upgrade field names a protocol that cannot be printed"},
	{"can't switch protocols using non-Hijacker", ProxyInternalError, 0, "", "a middleware around the proxy hides http.Hijacker"},
	{"ReverseProxy must have exactly one of", ProxyConfigurationError, 0, proofUncalled, "set exactly one of Rewrite and Director"},
}

// connectionBroken is what net/http puts before most faults of a response head.
const connectionBroken = "net/http: HTTP/1.x transport connection broken: "

// isText reports whether a link of the chain begins so.
func isText(err error, begins string) bool {
	for link := err; link != nil; link = errors.Unwrap(link) {
		if strings.HasPrefix(strings.TrimPrefix(link.Error(), connectionBroken), begins) {
			return true
		}
	}
	return false
}

func ofText(err error, f Facts) (Diagnosis, bool) {
	for link := err; link != nil; link = errors.Unwrap(link) {
		said := strings.TrimPrefix(link.Error(), connectionBroken)
		if d, ok := ofRetryText(said, f); ok {
			return d, true
		}
		if t := textOf(said); t != nil {
			return t.diagnosis(said, f), true
		}
	}
	return Diagnosis{}, false
}

func textOf(said string) *text {
	for i := range texts {
		if strings.HasPrefix(said, texts[i].begins) {
			return &texts[i]
		}
	}
	return nil
}

func (t *text) diagnosis(said string, f Facts) Diagnosis {
	d := ofStep(t.Type, f).hint(t.hint)
	if t.status != 0 {
		d.Status = t.status
	}
	switch t.proof {
	case "":
	case proofUncalled, proofUnasked:
		// A RoundTripper of somebody else's may say the same of a request that it sent before.
		isProof := t.proof == proofUncalled && !f.Called || t.proof == proofUnasked && f.NotTried
		if isProof && !f.GotConn && !f.Wrote && !f.Elsewhere && f.Step < StepConn {
			d.Outcome = NotSent
			d.Hint += notSent + t.proof
		}
	default:
		d = d.unbegun(f, t.proof)
	}
	switch t.begins {
	case malformedResponse, malformedVersion, malformedStatus:
		return d.strange(quoted(said, t.begins), t.begins, f)
	case badLength:
		if strings.Contains(quoted(said, badLength), ",") {
			d.Hint = "the upstream sent Content-Length twice in one line: look at what it sets, and at proxies in between"
		}
	}
	return d
}

// strange is d for a first line that is none, by the part of it that net/http quotes.
func (d Diagnosis) strange(words, begins string, f Facts) Diagnosis {
	switch {
	case f.Reused: // by HTTP it has served a request before
		d.Hint = "the upstream had sent more than its answer to the request before on this kept connection (a body with 204, 304 or to HEAD, or more than its Content-Length), and that was read as the answer"
		d.Outcome = f.unanswered()
	case begins == malformedStatus && words != "":
		d.Hint = statusHint(words)
	case begins == malformedStatus:
	default:
		if hint := firstLineHint(words); hint != "" {
			d.Hint = hint
		}
	}
	return d
}

// Texts of net/http that hold the HTTP/2 error code of something that has a type only
// while it is not repeated.
const (
	cannotRetry = "http2: Transport: cannot retry err ["
	goAwayCode  = "http2: Transport received GOAWAY from server ErrCode:"
	goAwayCalm  = "http2: Transport received Server's graceful shutdown GOAWAY"
)

func ofRetryText(said string, f Facts) (Diagnosis, bool) {
	inner, _ := strings.CutPrefix(said, cannotRetry)
	if _, reset, ok := strings.Cut(inner, "; "); ok && strings.HasPrefix(inner, "stream error: stream ID ") {
		name, _, _ := strings.Cut(reset, ";")
		return ofReset(codeOf(name), f), true
	}
	if code, ok := strings.CutPrefix(inner, goAwayCode); ok {
		name, _, _ := strings.Cut(code, "]")
		return ofGoAway(codeOf(name), f).unsent(f, proofGoAway), true
	}
	if strings.HasPrefix(inner, goAwayCalm) {
		d := ofStep(DestinationUnavailable, f).hint("the upstream is shutting down (GOAWAY) and did not take the request")
		d.Phase = Receive
		return d.unsent(f, proofGoAway), true
	}
	return Diagnosis{}, false
}
