package upstreamtest_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

func ExampleStart() {
	upstream, err := upstreamtest.Start("connection_refused")
	if err != nil {
		log.Fatal(err)
	}
	defer upstream.Close()
	proxy := &httputil.ReverseProxy{ // or your own
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(upstream.URL) },
		Transport: upstream.Transport(),
	}
	answer := httptest.NewRecorder()
	proxy.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(answer.Code)
	// Output: 502
}
