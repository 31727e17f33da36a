package adapters

import (
	"net/http"
	"net/http/httputil"

	"github.com/gin-gonic/gin"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// Gin puts a whole gin engine into the middleware: serve what it returns instead of
// calling engine.Run. A gin handler would be too far inside, as gin keeps a status back
// until the first byte of the body, or the end.
func Gin(mw *middleware.Middleware, proxy *httputil.ReverseProxy) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/healthz", gin.WrapF(healthy))
	pass := gin.WrapH(mw.Proxy(proxy))
	engine.NoRoute(func(c *gin.Context) { // gin takes no "/*path" beside other routes
		pass(c)
		c.Writer.WriteHeaderNow() // else gin writes a text of its own into an empty 404
	})
	return mw.Wrap(engine)
}
