package diagnosis

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"slices"
	"strings"
)

// ofBody names a fault in reading the request body. It is the visitor's, or the line's, where
// the server itself says so; other words are those of a program that reads the body too.
func ofBody(f Facts) Diagnosis {
	if own, ok := errors.AsType[*Error](f.BodyErr); ok && own != nil {
		return ofOwn(own, f)
	}
	d := Diagnosis{Type: HTTPRequestError, Status: http.StatusBadRequest, Phase: Send, Party: Network, Outcome: f.outcome()}
	tooBig, ok := errors.AsType[*http.MaxBytesError](f.BodyErr)
	switch {
	case ok:
		d.Status, d.Party, d.Limit = http.StatusRequestEntityTooLarge, Visitor, tooBig.Limit
		return d.hint("the request body is larger than the gateway's limit")
	case errors.Is(f.BodyErr, os.ErrDeadlineExceeded): // before the context: the server ends that too
		d.Status = http.StatusRequestTimeout
		return d.hint("the visitor sent the request body too slowly for the server's ReadTimeout")
	case errors.Is(f.BodyErr, http.ErrBodyReadAfterClose) && f.Step >= StepHead:
		return ofRefusal(f, "the server stopped reading the visitor's body as the answer began: call EnableFullDuplex for uploads that are answered early")
	case errors.Is(f.BodyErr, http.ErrBodyReadAfterClose):
		return ofStep(ProxyInternalError, f).hint("a handler in front of the proxy had closed the request body, or the server had as that handler answered")
	case f.gone(), errors.Is(f.BodyErr, io.ErrUnexpectedEOF), isReset(f.BodyErr):
		return Diagnosis{Party: Visitor, Phase: Send, Outcome: f.outcome()}
	}
	if !isServers(f.BodyErr) {
		return ofStep(ProxyInternalError, f).hint("what reads the request body in front of the proxy, or in its place, failed: see what it says")
	}
	return d.hint("the visitor's request body could not be read: its chunked framing is broken, or the line cut it")
}

// isServers reports words of net/http's server about a body that came broken.
func isServers(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok || errors.Is(err, http.ErrLineTooLong) {
		return true
	}
	if _, ok := errors.AsType[streamError](err); ok {
		return true
	}
	for link := err; link != nil; link = errors.Unwrap(link) {
		said := link.Error()
		if t := textOf(said); t != nil && (t.hint == hintChunks || strings.HasPrefix(t.begins, "http: ")) {
			return true
		}
		if slices.ContainsFunc(serversWords, func(begins string) bool { return strings.HasPrefix(said, begins) }) {
			return true
		}
	}
	return false
}

// serversWords are what net/http's HTTP/2 server says of a body that broke.
var serversWords = []string{"client disconnected", "request declared a Content-Length of", "http2: "}
