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
func sever(w http.ResponseWriter, r *http.Request, hasNoLength bool) {
	isChunked := r.ProtoAtLeast(1, 1) && headers.First(w.Header(), "Transfer-Encoding") != "identity"
	if r.ProtoMajor != 1 || !hasNoLength || isChunked {
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp := lingererOf(conn); tcp != nil {
		_ = tcp.SetLinger(0)
		_ = tcp.Close() // before TLS says that the end is a proper one
	}
	_ = conn.Close()
}

// A lingerer is a connection that can be reset: one of TCP.
type lingerer interface {
	SetLinger(seconds int) error
	Close() error
}

// lingererOf returns the TCP connection inside what a listener made of it, or nil.
func lingererOf(conn net.Conn) lingerer {
	for conn != nil {
		switch c := conn.(type) {
		case lingerer:
			return c
		case interface{ NetConn() net.Conn }: // tls.Conn, and others who follow it
			conn = c.NetConn()
			if tcp, ok := conn.(lingerer); ok {
				return tcp
			}
			continue
		}
		v := reflect.Indirect(reflect.ValueOf(conn))
		if v.Kind() != reflect.Struct {
			return nil
		}
		embedded := v.FieldByName("Conn")
		if !embedded.IsValid() || !embedded.CanInterface() {
			return nil
		}
		conn, _ = embedded.Interface().(net.Conn)
	}
	return nil
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
