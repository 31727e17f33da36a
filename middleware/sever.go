package middleware

import (
	"net"
	"net/http"
	"reflect"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// abort ends the request visibly, as net/http and ReverseProxy do it. Only a server recovers
// that: those of net/http and x/net/http2 say who they are, that of quic-go says HTTP/3.
func abort(r *http.Request) {
	if r.Context().Value(http.ServerContextKey) != nil || r.ProtoMajor == 3 {
		panic(http.ErrAbortHandler)
	}
}

// sever makes the end of a response visible where closing the connection would only look like
// its proper end: to a client of HTTP/1.0 that was told no length (RFC 9112 §8). The
// connection is reset. Where there is no way to do that, it is left to the server.
func sever(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	isChunked := r.ProtoAtLeast(1, 1) && headers.First(h, "Transfer-Encoding") != "identity"
	if r.ProtoMajor != 1 || headers.First(h, "Content-Length") != "" || isChunked {
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	inner := innermostConn(conn)
	if tcp, ok := inner.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = inner.Close() // before TLS says that the end is a proper one
	_ = conn.Close()
}

// innermostConn returns the connection inside what a listener or TLS made of it.
func innermostConn(conn net.Conn) net.Conn {
	for {
		inner := embedded[net.Conn](conn, "Conn")
		if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // tls.Conn, and others who follow it
			inner = wrapped.NetConn()
		}
		if inner == nil {
			return conn
		}
		conn = inner
	}
}

// hasBegun reports whether a response has begun, of a writer that is not ours: by the word of
// those that tell, else as the servers of net/http and quic-go and their recorders keep it.
func hasBegun(w http.ResponseWriter) bool {
	for range 16 {
		if told, ok := w.(interface{ Written() bool }); ok {
			return told.Written()
		}
		v := reflect.Indirect(reflect.ValueOf(w))
		if v.Kind() == reflect.Struct {
			if state := reflect.Indirect(v.FieldByName("rws")); state.Kind() == reflect.Struct {
				v = state // HTTP/2
			}
			for _, name := range [...]string{"wroteHeader", "headerComplete"} {
				if field := v.FieldByName(name); field.Kind() == reflect.Bool {
					return field.Bool()
				}
			}
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = inner.Unwrap()
	}
	return false
}
