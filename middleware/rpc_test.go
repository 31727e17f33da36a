package middleware

import (
	"net/http"
	"testing"
)

// TestProtocolOf: a media type is read in one way, wherever it decides something.
func TestProtocolOf(t *testing.T) {
	for contentType, want := range map[string]protocol{
		"application/grpc": protocolGRPC, "Application/gRPC": protocolGRPC, "application/grpc+proto": protocolGRPC,
		"APPLICATION/GRPC-WEB+PROTO": protocolGRPC, "application/grpc-web-text; charset=utf-8": protocolGRPC, " application/grpc ;x=1": protocolGRPC,
		"application/connect+proto": protocolConnect, "Application/Connect+JSON": protocolConnect, "application/connect+proto;v=1": protocolConnect,
		"application/proto": protocolProto, "Application/Protobuf": protocolProto, "application/x-protobuf": protocolProto, "application/vnd.google.protobuf;x=1": protocolProto,
		"text/event-stream": protocolEvents, "Text/Event-Stream; charset=utf-8": protocolEvents,
		"": protocolNone, "application/grpcx": protocolNone, "application/grpc-status": protocolNone, "application/connect": protocolNone, "application/connected+json": protocolNone,
		"application/protobuf+json": protocolNone, "text/event-streams": protocolNone, "text/html, application/grpc": protocolNone, "application/json": protocolNone,
	} {
		if got := protocolOf(contentType); got != want {
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
		if got := mayWait(&http.Request{Method: c.method, Header: c.fields}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
