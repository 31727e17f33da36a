package adapters

import (
	"net/http"

	"github.com/elazarl/goproxy"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// ForwardProxy answers for the sites that cannot be reached through a forward proxy.
// Where an upstream failed, goproxy calls OnResponse with no response and the error in
// its context. What fails inside a CONNECT tunnel is out of reach: browsers show no page
// of a proxy there.
func ForwardProxy(mw *middleware.Middleware, base *http.Transport) http.Handler {
	proxy := goproxy.NewProxyHttpServer()
	proxy.Tr = base // goproxy's own one verifies no certificates
	transport := mw.Transport(base)
	proxy.OnRequest().DoFunc(func(r *http.Request, ctx *goproxy.ProxyCtx) (*http.Request, *http.Response) {
		ctx.RoundTripper = goproxy.RoundTripperFunc(func(r *http.Request, _ *goproxy.ProxyCtx) (*http.Response, error) {
			return transport.RoundTrip(r)
		})
		return r, nil
	})
	proxy.OnResponse().DoFunc(func(res *http.Response, ctx *goproxy.ProxyCtx) *http.Response {
		if res == nil {
			return mw.Response(ctx.Req, ctx.Error)
		}
		_ = mw.ModifyResponse(res) // an answer of known length that breaks early becomes a page
		return res
	})
	return mw.Wrap(proxy)
}
