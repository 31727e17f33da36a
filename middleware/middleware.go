package middleware

import (
	"net/http"
	"net/http/httputil"
)

// Proxy returns a handler that runs p and answers for it when it fails. It works on a
// shallow copy: p itself is not changed, and its own hooks keep working. Its
// ModifyResponse runs first and the error it returns is diagnosed; its ErrorHandler, if
// set, is called instead of ours; its Transport is used as it is. A nil BufferPool gets
// one, so that the proxy no longer allocates 32 KB per request.
func (m *Middleware) Proxy(p *httputil.ReverseProxy) http.Handler {
	proxy := *p
	proxy.Transport = m.Transport(p.Transport)
	if proxy.ErrorHandler == nil {
		proxy.ErrorHandler = m.ErrorHandler
	}
	if proxy.BufferPool == nil {
		proxy.BufferPool = new(bufferPool)
	}
	proxy.ModifyResponse = m.ModifyResponse
	if theirs := p.ModifyResponse; theirs != nil {
		proxy.ModifyResponse = func(res *http.Response) error {
			if err := theirs(res); err != nil {
				return err
			}
			return m.ModifyResponse(res)
		}
	}
	return m.Wrap(&proxy)
}

// Wrap returns a handler that runs next and answers for it when it leaves an empty 502,
// 503 or 504, a status listed in Config.Replace, or a body that broke before anything
// was sent. It never touches a response that has started, and it recovers no panic of
// next. Wrapping twice gives one answer and one record.
func (m *Middleware) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m.config.Skip(r) {
			next.ServeHTTP(w, r)
			return
		}
		x := exchangeOf(r.Context())
		if x == nil || x.mw != m {
			x = newExchange(m, r)
			r = r.WithContext(withExchange(r.Context(), x))
		} else if x.w != nil {
			next.ServeHTTP(w, r) // an outer Wrap does the work
			return
		}
		x.enter(w, r)
		defer x.leave(r)
		next.ServeHTTP(x.w, r)
		x.returned = true
	})
}

// ErrorHandler has the type of [httputil.ReverseProxy.ErrorHandler]: it writes the
// answer for err. Without [Middleware.Wrap] around it, it knows less: the error alone.
// It is also the call for a plain handler whose own client failed.
func (m *Middleware) ErrorHandler(w http.ResponseWriter, r *http.Request, err error) {
	x := exchangeOf(r.Context())
	if x == nil || x.mw != m {
		x = newExchange(m, r)
	}
	x.fail(w, r, err)
}

// ModifyResponse has the type of [httputil.ReverseProxy.ModifyResponse]: it tells the
// exchange that the response comes from a proxy.
func (m *Middleware) ModifyResponse(res *http.Response) error {
	if x := exchangeOf(res.Request.Context()); x != nil && x.mw == m {
		x.proxied = true
		x.declared = res.ContentLength
	}
	return nil
}
