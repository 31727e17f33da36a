package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// newGateway returns a gateway in front of the upstream. access may be nil.
func newGateway(opts options, access io.Writer) (http.Handler, error) {
	mw, err := middleware.New(opts.config)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DialContext = (&net.Dialer{Timeout: opts.connectTimeout}).DialContext
	transport.TLSHandshakeTimeout = opts.connectTimeout
	handler := mw.Proxy(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(opts.upstream)
			r.SetXForwarded()
			if in := r.In.URL; in.Scheme != "" && in.Host == "" { // by a trusted proxy, not by the request line
				r.Out.Header.Set("X-Forwarded-Proto", in.Scheme)
			}
		},
		ErrorLog: log.New(io.Discard, "", 0), // the record of the failure says more
	})
	return around(handler, mw, opts, access), nil
}

// around adds what belongs outside of the proxy: a limit on bodies, the word of trusted
// proxies, the access log.
func around(handler http.Handler, mw *middleware.Middleware, opts options, access io.Writer) http.Handler {
	if opts.maxBody > 0 {
		handler = http.MaxBytesHandler(handler, opts.maxBody)
	}
	if len(opts.trust) > 0 {
		handler = middleware.TrustProxies(opts.trust, handler)
	}
	if access != nil {
		handler = mw.AccessLog(access, handler)
	}
	return handler
}
