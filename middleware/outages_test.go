package middleware_test

import (
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// An outage is a way to fail, and what is right to say of it.
type outage struct {
	name        string
	handler     func(*testing.T, *middleware.Middleware) http.Handler
	config      middleware.Config
	status      int
	grpc        string         // the status of gRPC
	kind        diagnosis.Type // the member "error"; empty: none is known
	proxyStatus string
	retryAfter  string // seconds; empty: it does not help
	notSent     bool   // so that it may be sent again with any method
	whole       bool   // the answer that ours takes the place of: what still holds of it stays
	upload      string // sent with every method; empty: with POST and PUT, a small one
	leavesBody  bool   // what the visitor sends stays unread
}

var outages = []outage{
	{
		name: "refused", handler: dead, status: 502, grpc: "14", leavesBody: true, retryAfter: "6", notSent: true,
		kind: diagnosis.ConnectionRefused, proxyStatus: "edge; error=connection_refused",
	},
	{
		name: "timeout", handler: silent, status: 504, grpc: "14", retryAfter: "6",
		config: middleware.Config{ResponseTimeout: limit},
		kind:   diagnosis.HTTPResponseTimeout, proxyStatus: "edge; error=http_response_timeout",
	},
	{
		name: "head cut", handler: saying(spoiltHead), status: 502, grpc: "14", retryAfter: "6",
		kind: diagnosis.HTTPResponseIncomplete, proxyStatus: "edge; error=http_response_incomplete",
	},
	{
		name: bodyCut, handler: saying(spoiltHead + "Connection: close\r\nContent-Length: 1000\r\n\r\nnot all"), status: 502, grpc: "14", retryAfter: "6",
		kind: diagnosis.HTTPResponseIncomplete, proxyStatus: "edge; error=http_response_incomplete; received-status=200",
	},
	{
		name: "too large", handler: bounded, status: 413, grpc: "8", upload: strings.Repeat("x", 8*bound), leavesBody: true,
		kind: diagnosis.HTTPRequestError, proxyStatus: "edge; error=http_request_error; status-code=413",
	},
	{
		name: "certificate", handler: untrusted, status: 502, grpc: "14", leavesBody: true,
		kind: diagnosis.TLSCertificateError, proxyStatus: "edge; error=tls_certificate_error",
	},
	{
		name: empty503, handler: overloaded, status: 503, grpc: "14", proxyStatus: "edge; received-status=503", retryAfter: "120", whole: true,
	},
	{
		name: "own empty 502", status: 502, grpc: "14", retryAfter: "6", whole: true, leavesBody: true,
		handler: wrapped(func(_ *middleware.Middleware, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }),
	},
	{
		name: "own error", status: 503, grpc: "14", retryAfter: "30", leavesBody: true,
		kind: diagnosis.DestinationUnavailable, proxyStatus: "edge; error=destination_unavailable",
		handler: wrapped(func(mw *middleware.Middleware, w http.ResponseWriter, r *http.Request) {
			mw.ErrorHandler(w, r, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, RetryAfter: 29_100 * time.Millisecond})
		}),
	},
	{
		name: "panic", status: 500, grpc: "2", retryAfter: "6", leavesBody: true,
		kind: diagnosis.ProxyInternalError, proxyStatus: "edge; error=proxy_internal_error",
		handler: func(_ *testing.T, mw *middleware.Middleware) http.Handler {
			return mw.Wrap(mw.Recover(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				spoil(w.Header())
				panic("on purpose")
			})))
		},
	},
}

const (
	bodyCut  = "body cut"
	empty503 = "empty 503"

	limit = upstreamtest.Limit // of the timeout
	bound = 1 << 10            // of what is too large
)

var discardLog = log.New(io.Discard, "", 0)

// start makes the handler of a gateway that fails so.
func (o outage) start(t *testing.T) http.Handler {
	o.config.Brand, o.config.Name = shop(), "edge"
	return o.handler(t, newMiddleware(t, o.config))
}

// spoilt are fields that describe the failed answer. None may get into ours, but those of a
// whole answer that still hold.
var spoilt = [][2]string{
	{"Content-Encoding", "gzip"}, {"Etag", `"1"`}, {"Set-Cookie", "a=1"}, {"Content-Range", "bytes 0-9/10"},
	{"X-Powered-By", "upstream"}, {"Last-Modified", "Wed, 15 Nov 2023 22:13:20 GMT"}, {"Accept-Ranges", "bytes"},
	{"Vary", "X-Inner"}, {"Cache-Control", "max-age=3600"}, {"Content-Disposition", "attachment"},
}

var spoiltHead = func() string {
	head := "HTTP/1.1 200 OK\r\n"
	for _, f := range spoilt {
		head += f[0] + ": " + f[1] + "\r\n"
	}
	return head
}()

func spoil(h http.Header) {
	for _, f := range spoilt {
		h.Set(f[0], f[1])
	}
}

// echo takes all that comes.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })

func dead(t *testing.T, mw *middleware.Middleware) http.Handler {
	return mw.Proxy(proxyTo(t, deadUpstream))
}

// silent has a clock of the transport too: ours is never for handshakes.
func silent(t *testing.T, mw *middleware.Middleware) http.Handler {
	upstream := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	p := proxyTo(t, upstream.URL)
	p.Transport.(*http.Transport).ResponseHeaderTimeout = limit
	return mw.Proxy(p)
}

// saying has an upstream that takes the request, writes the text and closes.
func saying(text string) func(*testing.T, *middleware.Middleware) http.Handler {
	return func(t *testing.T, mw *middleware.Middleware) http.Handler {
		upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, text)
		}))
		return mw.Proxy(proxyTo(t, upstream.URL))
	}
}

func bounded(t *testing.T, mw *middleware.Middleware) http.Handler {
	return http.MaxBytesHandler(mw.Proxy(proxyTo(t, serve(t, echo).URL)), bound)
}

// untrusted has an upstream whose certificate is by nobody that the gateway knows.
func untrusted(t *testing.T, mw *middleware.Middleware) http.Handler {
	return mw.Proxy(proxyTo(t, serveHTTP2(t, echo).URL))
}

func overloaded(t *testing.T, mw *middleware.Middleware) http.Handler {
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		spoil(w.Header())
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	return mw.Proxy(proxyTo(t, upstream.URL))
}

// wrapped is a handler of the gateway itself.
func wrapped(h func(*middleware.Middleware, http.ResponseWriter, *http.Request)) func(*testing.T, *middleware.Middleware) http.Handler {
	return func(_ *testing.T, mw *middleware.Middleware) http.Handler {
		return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			spoil(w.Header())
			h(mw, w, r)
		}))
	}
}
