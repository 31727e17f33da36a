package middleware

import (
	"net/http"
	"net/http/httputil"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// Proxy returns a handler that runs p and answers for it when it fails. It works on a
// shallow copy: p itself is not changed, and its own hooks keep working. Its
// ModifyResponse runs first and the error it returns is diagnosed: 502, as without us, unless
// it is a [diagnosis.Error]; its ErrorHandler, if
// set, is called instead of ours, and an empty 5xx that it leaves is filled; its
// Transport is used as it is. A nil BufferPool gets
// one, so that the proxy no longer allocates 32 KB per request.
func (m *Middleware) Proxy(p *httputil.ReverseProxy) http.Handler {
	proxy := *p
	proxy.Transport = m.Transport(p.Transport).(*transport).failFast()
	proxy.ErrorHandler = m.ErrorHandler
	if theirs := p.ErrorHandler; theirs != nil {
		proxy.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) {
			if x := m.exchange(r); x != nil {
				x.recorder.Choose(r, err)
				x.keepIncident(x.diagnose(r.Context(), err), err)
			}
			theirs(w, r, err)
		}
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
	return m.wrap(&proxy, p.ErrorHandler == nil)
}

// Wrap returns a handler that runs next and answers for it when it leaves an empty 502,
// 503 or 504, a status listed in Config.Replace, or a body that broke before anything
// was sent. An empty one that an upstream sent is only filled for clients that name a
// form (browsers, programs that ask for JSON): who takes anything gets what was sent.
// It never touches a response that has started, but ends one visibly that cannot be completed,
// and it recovers no panic of next. A handler in next may try something else when a proxy has
// failed: what that answers is what the visitor gets. It also answers our own endpoints. Wrapping twice gives one answer and one record.
func (m *Middleware) Wrap(next http.Handler) http.Handler { return m.wrap(next, false) }

// wrap is told that next is a ReverseProxy alone, with our ErrorHandler. Then the answer waits
// until that has returned: on top of its stack ours would be more than 8 KB deep, which the
// garbage collector halves while a connection waits, so that the next failure copies it again.
func (m *Middleware) wrap(next http.Handler, isAlone bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := m.exchange(r)
		if x != nil && x.wrapped() || m.config.Skip(r) {
			next.ServeHTTP(w, r) // an outer Wrap does the work, or nobody
			return
		}
		if m.own(r) != nil {
			m.endpoints.ServeHTTP(w, r)
			return
		}
		if x == nil {
			x = newExchange(m, r)
			given := r
			r = x.request(given)
			// net/http removes the temporary files of its own request only.
			defer func() { given.MultipartForm = r.MultipartForm }()
		} else { // an access log outside began the exchange; what is in between may know better
			x.ask = m.askedOf(r)
		}
		x.enter(w, r)
		x.w.isAlone = isAlone
		defer x.leave()
		next.ServeHTTP(&x.w, r)
		if x.w.isDue {
			x.w.isDue = false
			x.answer(&x.w)
		}
		x.returned = true
	})
}

// ErrorHandler has the type of [httputil.ReverseProxy.ErrorHandler]: it writes the
// answer for err. Without [Middleware.Wrap] around it, it knows less: the error alone.
// It is also the call for a plain handler whose own client failed. What was seen of a
// RoundTrip counts where err is, or wraps, the error that it returned, or where r is its
// request; of any other error the words alone are known. Where the response has begun it cuts
// it off, by a panic with [http.ErrAbortHandler] where no Wrap is around.
func (m *Middleware) ErrorHandler(w http.ResponseWriter, r *http.Request, err error) {
	x := m.exchange(r)
	if x == nil {
		x = newExchange(m, r)
		x.ask.outbound(r)
	}
	x.recorder.Choose(r, err)
	x.w.isDue = x.w.isAlone && w == http.ResponseWriter(&x.w)
	x.fail(w, r.Context(), err)
}

// ModifyResponse has the type of [httputil.ReverseProxy.ModifyResponse]: it tells the
// exchange what the upstream answered, and takes away bodies that are to be replaced.
// It never returns an error.
func (m *Middleware) ModifyResponse(res *http.Response) error {
	if res.Request == nil {
		return nil // made by hand: nothing tells whose it is
	}
	x := m.exchange(res.Request)
	if x == nil {
		return nil
	}
	x.proxied, x.emptied, x.upstreamError = res.Header, false, nil
	x.recorder.ForgetBodyError() // one that a ModifyResponse met, and made something else of
	replaced := x.replaces(res.StatusCode, res.Header) || m.replaces(res.StatusCode, res.Header) && x.isEmpty(res)
	if replaced || res.StatusCode >= 500 {
		x.upstreamError = upstreamErrorOf(res, m.config.Now())
		x.upstreamError.trips = x.recorder.Count()
		m.appendProxyStatus(res)
	}
	if replaced || mayBeFilled(res.StatusCode) && x.ask.form.named() && x.isEmpty(res) {
		_ = res.Body.Close() // nobody will read it
		res.Body, res.ContentLength = http.NoBody, 0
		res.Header.Del("Content-Length")
		x.emptied = true
	}
	x.declared = int16(min(res.ContentLength, holdLimit+1))
	return nil
}

// replaces reports a status of the configuration. The answers of RPC are not for people.
func (m *Middleware) replaces(status int, h http.Header) bool {
	return slices.Contains(m.replace, status) && !headers.IsRPC(h)
}

// exchange returns the exchange of ours that the request belongs to, or nil.
func (m *Middleware) exchange(r *http.Request) *exchange {
	if x := exchangeOf(r.Context()); x != nil && x.mw == m {
		return x
	}
	return nil
}
