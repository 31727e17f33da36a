package adapters

import (
	"net/http"
	"net/http/httputil"

	"github.com/go-chi/chi/v5"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// Chi puts a chi router into the middleware. What is given to Use runs before the route
// is looked for, so the middleware's own pages answer without one.
func Chi(mw *middleware.Middleware, proxy *httputil.ReverseProxy) http.Handler {
	r := chi.NewRouter()
	r.Use(mw.Wrap) // before compression and recovery: the first is the outermost
	r.Get("/healthz", healthy)
	r.Mount("/", mw.Proxy(proxy))
	return r
}
