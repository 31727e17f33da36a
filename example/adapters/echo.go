package adapters

import (
	"net/http"
	"net/http/httputil"

	"github.com/labstack/echo/v4"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// Echo puts a whole echo instance into the middleware: serve what it returns instead of
// calling e.Start. Where upstreams send early hints (103), give the proxy
// c.Response().Writer instead: echo.Response takes the first status for the final one.
func Echo(mw *middleware.Middleware, proxy *httputil.ReverseProxy) http.Handler {
	e := echo.New()
	e.GET("/healthz", echo.WrapHandler(http.HandlerFunc(healthy)))
	e.Any("/*", echo.WrapHandler(mw.Proxy(proxy)))
	return mw.Wrap(e)
}
