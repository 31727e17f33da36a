package headers

import (
	"net/http"
	"slices"
	"strings"
)

// A Protocol is what a media type belongs to, where that decides how long an answer may take,
// and whether one without a body is whole.
type Protocol uint8

// The protocols that are told apart. None of them is the zero value.
const (
	ProtocolNone    Protocol = iota
	ProtocolEvents           // events that a server sends (HTML, server-sent events)
	ProtocolGRPC             // gRPC and gRPC-Web
	ProtocolConnect          // a stream of Connect
	ProtocolProto            // one message of Protocol Buffers: Connect's simple calls, Twirp
)

// protoTypes are the media types of one message of Protocol Buffers.
var protoTypes = [...]string{"application/proto", "application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf"}

// ProtocolOf reads a Content-Type. Its type counts without regard to capitals and parameters
// (RFC 9110 §8.3.1), and so does the suffix that names the messages of a call.
func ProtocolOf(contentType string) Protocol {
	media := mediaType(contentType)
	kind, _, suffixed := strings.Cut(media, "+")
	is := func(name string) bool { return strings.EqualFold(name, kind) }
	switch {
	case slices.ContainsFunc(grpcKinds[:], is):
		return ProtocolGRPC
	case suffixed && is("application/connect"):
		return ProtocolConnect
	case suffixed:
		return ProtocolNone
	case is(eventStream):
		return ProtocolEvents
	case slices.ContainsFunc(protoTypes[:], is):
		return ProtocolProto
	}
	return ProtocolNone
}

// Streams reports answers that may be silent for as long as they like.
func (p Protocol) Streams() bool {
	return p == ProtocolEvents || p == ProtocolGRPC || p == ProtocolConnect
}

// IsRPC reports answers in which a status without a body is complete.
func IsRPC(h http.Header) bool {
	p := ProtocolOf(First(h, "Content-Type"))
	return p != ProtocolNone && p != ProtocolEvents
}

const eventStream = "text/event-stream"

// MayWait reports requests whose answer may begin when something happens, so that no limit
// holds until then: a WebSocket, and events alone. What a client takes among other things
// is no reason to wait for it.
func MayWait(req *http.Request) bool {
	return (req.Method == http.MethodGet || req.Method == "") && (IsWebSocket(req.Header) || takesEventsAlone(req.Header["Accept"]))
}

// IsWebSocket reports an upgrade to that alone (RFC 6455 §4.1).
func IsWebSocket(h http.Header) bool {
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

// IsJSON reports the media types of JSON.
func IsJSON(contentType string) bool {
	media := mediaType(contentType)
	return strings.EqualFold(media, "application/json") || hasSuffixFold(media, AnyJSON)
}

// A GRPCType is the media type of a call, which its answer has too: some clients take only
// their own. It is two bytes, as each exchange keeps one. The zero value is application/grpc.
type GRPCType struct{ kind, message uint8 }

// What a GRPCType counts by. The first message is that of a type without a suffix.
var (
	grpcKinds    = [...]string{"application/grpc", "application/grpc-web", "application/grpc-web-text"}
	grpcMessages = [...]string{"", "+proto", "+json", "+thrift", "+flatbuffers", "+msgpack", "+cbor"}
)

// GRPCTypeOf reads the Content-Type of a call. A type that is not known is the zero value.
func GRPCTypeOf(contentType string) (t GRPCType) {
	kind, message, _ := strings.Cut(strings.ToLower(mediaType(contentType)), "+")
	t.kind = uint8(max(0, slices.Index(grpcKinds[:], kind)))
	t.message = uint8(max(0, slices.Index(grpcMessages[:], "+"+message)))
	return t
}

// String returns the media type.
func (t GRPCType) String() string { return grpcKinds[t.kind] + grpcMessages[t.message] }
