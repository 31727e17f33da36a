package adapters

import (
	"net/http"
	"net/http/httputil"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// NetHTTP serves a site of its own pages and a proxy from one [http.ServeMux]. The
// pattern "/" also brings the middleware's own pages to it.
func NetHTTP(mw *middleware.Middleware, proxy *httputil.ReverseProxy) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthy)
	mux.Handle("/", mw.Proxy(proxy))
	return mux
}

// healthy stands for the handlers that a server has already.
func healthy(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok\n"))
}
