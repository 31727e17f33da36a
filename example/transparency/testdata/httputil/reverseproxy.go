// Package httputil stands for net/http/httputil where Go's own tests of ReverseProxy are
// compiled with it: its ReverseProxy has the same fields, and FIVEOHTWO_WIRING says what
// serves in its name. Linked with -checklinkname=0.
package httputil

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// A ReverseProxy has the fields of Go's and none of its methods.
type ReverseProxy httputil.ReverseProxy

// The other exported names that the tests use.
type (
	ProxyRequest = httputil.ProxyRequest
	BufferPool   = httputil.BufferPool
)

func NewSingleHostReverseProxy(target *url.URL) *ReverseProxy {
	return (*ReverseProxy)(httputil.NewSingleHostReverseProxy(target))
}

// The tests look at these directly; they are Go's own.

//go:linkname inOurTests net/http/httputil.inOurTests
var inOurTests bool

//go:linkname hopHeaders net/http/httputil.hopHeaders
var hopHeaders []string

//go:linkname upgradeType net/http/httputil.upgradeType
func upgradeType(http.Header) string

//go:linkname singleJoiningSlash net/http/httputil.singleJoiningSlash
func singleJoiningSlash(a, b string) string

//go:linkname joinURLPath net/http/httputil.joinURLPath
func joinURLPath(a, b *url.URL) (path, rawpath string)

//go:linkname flushInterval net/http/httputil.(*ReverseProxy).flushInterval
func flushInterval(*httputil.ReverseProxy, *http.Response) time.Duration

func (p *ReverseProxy) flushInterval(res *http.Response) time.Duration {
	return flushInterval((*httputil.ReverseProxy)(p), res)
}

// handlers are made when a proxy serves for the first time, since the tests set its fields
// after they made it, and some after they put it into a server.
var handlers sync.Map // of http.Handler, by *ReverseProxy

func (p *ReverseProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, ok := handlers.Load(p)
	if !ok {
		h, _ = handlers.LoadOrStore(p, wire((*httputil.ReverseProxy)(p)))
	}
	h.(http.Handler).ServeHTTP(w, r)
}

var ours = sync.OnceValue(func() *middleware.Middleware {
	mw, err := middleware.New(middleware.Config{
		Logger:          slog.New(slog.NewTextHandler(io.Discard, nil)),
		Name:            "gateway",
		ResponseTimeout: time.Minute,
		StallTimeout:    time.Minute,
	})
	if err != nil {
		panic(err)
	}
	return mw
})

func wire(p *httputil.ReverseProxy) http.Handler {
	switch wiring := os.Getenv("FIVEOHTWO_WIRING"); wiring {
	case "bare":
		return p
	case "ours":
		return ours().Proxy(p)
	case "the whole chain":
		return ours().AccessLog(io.Discard, ours().Wrap(ours().Recover(ours().Proxy(p))))
	default:
		panic("no such wiring: " + wiring)
	}
}

// neverEnding is a body of one letter; the tests have theirs in another file.
type neverEnding byte

func (b neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}
