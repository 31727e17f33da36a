package middleware_test

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// handlerLeaks are failures of the host program's own handlers.
func handlerLeaks() []leak {
	panicking := func(value any) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
		return func(_ *testing.T, mw *middleware.Middleware) (http.Handler, string) {
			return mw.Recover(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				tellTooMuch(w.Header())
				panic(value)
			})), ""
		}
	}
	return []leak{
		{name: "a panic with a text", handler: panicking("Wq7Panic9zk\n<b>")},
		{name: "a panic with an error", handler: panicking(errors.New("Wq7Panic9zk"))},
		{name: "a panic with a value", handler: panicking(struct{ Field []string }{[]string{"Wq7Panic9zk"}})},
		{name: "an empty 503 of a handler", quiet: true, whole: true, handler: func(*testing.T, *middleware.Middleware) (http.Handler, string) {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				tellTooMuch(w.Header())
				w.WriteHeader(http.StatusServiceUnavailable)
			}), ""
		}},
		{name: "a 500 of a handler that is replaced", quiet: true, whole: true, replace: []int{500}, handler: func(*testing.T, *middleware.Middleware) (http.Handler, string) {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				tellTooMuch(w.Header())
				w.Header().Set(http.TrailerPrefix+"X-Sum", "Wq7Trailer9zk")
				http.Error(w, "Wq7Body9zk", http.StatusInternalServerError)
				w.Header().Set("X-Late", "Wq7Trailer9zk")
			}), ""
		}},
		{name: "a handler's own client", handler: func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) { return asking(t, mw), "" }},
	}
}

func tellTooMuch(h http.Header) {
	h.Set("Set-Cookie", "session=Wq7SetCookie9zk")
	h.Set("Server", "Wq7Server9zk")
	h.Set("X-Powered-By", "Wq7PoweredBy9zk")
	h.Set("Wq7-Field-9zk", "1")
	h.Set("Trailer", "Wq7-Field-9zk")
}

// asking is a handler whose own client fails: its error names the whole address.
func asking(t *testing.T, mw *middleware.Middleware) http.Handler {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	t.Cleanup(client.CloseIdleConnections)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner := "http://" + net.JoinHostPort(insideAddress, closedPort) + "/Wq7BasePath9zk?" + r.URL.RawQuery
		req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, inner, nil)
		if err != nil {
			mw.ErrorHandler(w, r, err)
			return
		}
		res, err := client.Do(req)
		if err != nil {
			mw.ErrorHandler(w, r, err)
			return
		}
		res.Body.Close()
	})
}

// aloneLeaks are failures without Wrap, of which less is known.
func aloneLeaks() []leak {
	bare := func(change func(p *httputil.ReverseProxy)) func(*testing.T, *middleware.Middleware) (http.Handler, string) {
		return func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) {
			proxy := trippingProxy(t, func(*http.Request) error { return errInside })
			change(proxy)
			proxy.ErrorHandler = mw.ErrorHandler
			return proxy, ""
		}
	}
	director := func(change func(*http.Request)) func(*httputil.ReverseProxy) {
		//lint:ignore SA1019 many programs still have one
		return func(p *httputil.ReverseProxy) { p.Rewrite, p.Director = nil, change }
	}
	return []leak{
		{name: "ErrorHandler alone", alone: true, handler: bare(func(*httputil.ReverseProxy) {})},
		{name: "ErrorHandler alone, behind a Director", alone: true, handler: bare(director(func(r *http.Request) {
			r.URL.Scheme, r.URL.Host, r.URL.Path = "http", insideHost, "/Wq7BasePath9zk"+r.URL.Path
			r.Host = insideHost
		}))},
		{name: "ErrorHandler alone, behind a Rewrite that sets the host", alone: true, handler: bare(func(p *httputil.ReverseProxy) {
			inner := p.Rewrite
			p.Rewrite = func(r *httputil.ProxyRequest) { inner(r); r.Out.Host = insideHost }
		})},
		{name: "ErrorHandler alone, behind a Rewrite that sets no host in the URL", alone: true, handler: bare(func(p *httputil.ReverseProxy) {
			p.Rewrite = func(r *httputil.ProxyRequest) {
				r.Out.URL.Host, r.Out.URL.Path, r.Out.Host = "", "/Wq7BasePath9zk"+r.In.URL.Path, insideHost
			}
		})},
		{name: "ErrorHandler alone, with a handler's own client", alone: true,
			handler: func(t *testing.T, mw *middleware.Middleware) (http.Handler, string) { return asking(t, mw), "" }},
		{name: "Response", alone: true, handler: func(_ *testing.T, mw *middleware.Middleware) (http.Handler, string) {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				res := mw.Response(r, errInside)
				defer res.Body.Close()
				maps.Copy(w.Header(), res.Header)
				w.WriteHeader(res.StatusCode)
				_, _ = io.Copy(w, res.Body)
			}), ""
		}},
	}
}
