package adapters

import (
	"net/http"
	"net/http/httputil"

	"github.com/gorilla/mux"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// GorillaMux puts every route of a gorilla/mux router into the middleware. What is given
// to Use does not run where no route matches: without a route for "/" the middleware's
// own pages need `router.PathPrefix("/_fiveohtwo/").Handler(mw.Endpoints())`.
func GorillaMux(mw *middleware.Middleware, proxy *httputil.ReverseProxy) http.Handler {
	router := mux.NewRouter().SkipClean(true) // a proxy passes paths on as they are
	router.Use(mw.Wrap)
	router.HandleFunc("/healthz", healthy)
	router.PathPrefix("/").Handler(mw.Proxy(proxy))
	return router
}
