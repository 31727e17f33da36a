package middleware

import (
	"net/http"
	"slices"
	"strings"
)

// A protocol is what a media type belongs to, where that decides how long an answer may take,
// and whether one without a body is whole.
type protocol uint8

const (
	protocolNone    protocol = iota
	protocolEvents           // events that a server sends (HTML, server-sent events)
	protocolGRPC             // gRPC and gRPC-Web
	protocolConnect          // a stream of Connect
	protocolProto            // one message of Protocol Buffers: Connect's simple calls, Twirp
)

// protoTypes are the media types of one message of Protocol Buffers.
var protoTypes = [...]string{"application/proto", "application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf"}

// protocolOf reads a Content-Type. Its type counts without regard to capitals and parameters
// (RFC 9110 §8.3.1), and so does the suffix that names the messages of a call.
func protocolOf(contentType string) protocol {
	media := mediaType(contentType)
	kind, _, suffixed := strings.Cut(media, "+")
	is := func(name string) bool { return strings.EqualFold(name, kind) }
	switch {
	case slices.ContainsFunc(grpcKinds[:], is):
		return protocolGRPC
	case suffixed && is("application/connect"):
		return protocolConnect
	case suffixed:
		return protocolNone
	case is(eventStream):
		return protocolEvents
	case slices.ContainsFunc(protoTypes[:], is):
		return protocolProto
	}
	return protocolNone
}

// streams reports answers that may be silent for as long as they like.
func (p protocol) streams() bool {
	return p == protocolEvents || p == protocolGRPC || p == protocolConnect
}

// isRPC reports answers in which a status without a body is complete.
func isRPC(h http.Header) bool {
	p := protocolOf(first(h, "Content-Type"))
	return p != protocolNone && p != protocolEvents
}

const eventStream = "text/event-stream"

// mayWait reports requests whose answer may begin when something happens, so that no limit
// holds until then: a WebSocket, and events alone. What a client takes among other things
// is no reason to wait for it.
func mayWait(req *http.Request) bool {
	return (req.Method == http.MethodGet || req.Method == "") && (isWebSocket(req.Header) || takesEventsAlone(req.Header["Accept"]))
}

// isWebSocket reports an upgrade to that alone (RFC 6455 §4.1).
func isWebSocket(h http.Header) bool {
	lines := h["Upgrade"]
	return len(lines) == 1 && strings.EqualFold(lines[0], "websocket")
}

func takesEventsAlone(accept []string) bool {
	if len(accept) != 1 {
		return false
	}
	media, params, _ := strings.Cut(accept[0], ";")
	if !strings.EqualFold(strings.TrimSpace(media), eventStream) || strings.Contains(params, ",") {
		return false
	}
	q, _ := weight(params)
	return q > 0
}

// mediaType is a Content-Type without its parameters.
func mediaType(field string) string {
	media, _, _ := strings.Cut(field, ";")
	return strings.TrimSpace(media)
}
