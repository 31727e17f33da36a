package headers

import (
	"net/http"
	"testing"
)

// TestProtocolOf: a media type is read in one way, wherever it decides something.
func TestProtocolOf(t *testing.T) {
	for contentType, want := range map[string]Protocol{
		"application/grpc": ProtocolGRPC, "Application/gRPC": ProtocolGRPC, "application/grpc+proto": ProtocolGRPC,
		"APPLICATION/GRPC-WEB+PROTO": ProtocolGRPC, "application/grpc-web-text; charset=utf-8": ProtocolGRPC, " application/grpc ;x=1": ProtocolGRPC,
		"application/connect+proto": ProtocolConnect, "Application/Connect+JSON": ProtocolConnect, "application/connect+proto;v=1": ProtocolConnect,
		"application/proto": ProtocolProto, "Application/Protobuf": ProtocolProto, "application/x-protobuf": ProtocolProto, "application/vnd.google.protobuf;x=1": ProtocolProto,
		"text/event-stream": ProtocolEvents, "Text/Event-Stream; charset=utf-8": ProtocolEvents,
		"": ProtocolNone, "application/grpcx": ProtocolNone, "application/grpc-status": ProtocolNone, "application/connect": ProtocolNone, "application/connected+json": ProtocolNone,
		"application/protobuf+json": ProtocolNone, "text/event-streams": ProtocolNone, "text/html, application/grpc": ProtocolNone, "application/json": ProtocolNone,
	} {
		if got := ProtocolOf(contentType); got != want {
			t.Errorf("%q: %d, want %d", contentType, got, want)
		}
	}
}

// TestMayWait: who only offers something does not wait for it.
func TestMayWait(t *testing.T) {
	for _, c := range []struct {
		name, method string
		fields       http.Header
		want         bool
	}{
		{"a WebSocket", "GET", http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}}, true},
		{"a WebSocket in capitals", "GET", http.Header{"Upgrade": {"WebSocket"}}, true},
		{"events alone", "GET", http.Header{"Accept": {"text/event-stream"}}, true},
		{"events alone, with a weight", "GET", http.Header{"Accept": {"Text/Event-Stream;q=0.9"}}, true},
		{"a WebSocket that is sent something", "POST", http.Header{"Upgrade": {"websocket"}}, false},
		{"a WebSocket among others", "GET", http.Header{"Upgrade": {"websocket, h2c"}}, false},
		{"the same in two lines", "GET", http.Header{"Upgrade": {"websocket", "h2c"}}, false},
		{"h2c", "GET", http.Header{"Upgrade": {"h2c"}}, false},
		{"TLS", "GET", http.Header{"Upgrade": {"TLS/1.0"}}, false},
		{"events among others", "GET", http.Header{"Accept": {"application/json, text/event-stream"}}, false},
		{"events first", "GET", http.Header{"Accept": {"text/event-stream, */*;q=0.1"}}, false},
		{"events first, with a weight", "GET", http.Header{"Accept": {"text/event-stream;q=1, text/html"}}, false},
		{"events in a line of their own", "GET", http.Header{"Accept": {"text/event-stream", "text/html"}}, false},
		{"events refused", "GET", http.Header{"Accept": {"text/event-stream;q=0"}}, false},
		{"events by POST", "POST", http.Header{"Accept": {"text/event-stream"}}, false},
		{"gRPC", "POST", http.Header{"Content-Type": {"application/grpc"}}, false},
		{"nothing", "GET", http.Header{}, false},
	} {
		if got := MayWait(&http.Request{Method: c.method, Header: c.fields}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
