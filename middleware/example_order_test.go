package middleware_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// The whole chain, from the outside in.
func ExampleMiddleware_AccessLog() {
	mw := quietMiddleware()
	router := http.NewServeMux()
	router.Handle("/", mw.Proxy(refusedProxy()))
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}

	chain := mw.Wrap(handlers.CompressHandler(mw.Recover(router)))
	chain = handlers.CORS(handlers.AllowedOrigins([]string{"https://app.example.com"}))(chain)
	chain = handlers.CanonicalHost("https://shop.example.com", http.StatusMovedPermanently)(chain)
	chain = middleware.TrustProxies(trusted, chain)
	chain = mw.AccessLog(lineShape{os.Stdout}, chain)

	res, _, _ := visit(chain, "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Host: shop.example.com",
		"Origin: https://app.example.com", "Accept: application/problem+json", "Accept-Encoding: gzip")
	fmt.Println(res.Status, res.Header.Get("Content-Type"), res.Header.Get("Access-Control-Allow-Origin"))
	// Output:
	// 203.0.113.7 "GET / HTTP/1.1" 502 connection_refused connect REFERENCE TIME
	// 502 Bad Gateway application/problem+json https://app.example.com
}

// Inside Wrap the access log has written its line before Wrap fills an empty answer: the
// line lacks the reference that the visitor reads out to you, and counts other bytes.
func ExampleMiddleware_AccessLog_incorrect() {
	mw := quietMiddleware()
	empty := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	for _, chain := range []http.Handler{
		mw.Wrap(mw.AccessLog(lineShape{os.Stdout}, empty)), // wrong
		mw.AccessLog(lineShape{os.Stdout}, mw.Wrap(empty)),
	} {
		res, _, _ := visit(chain)
		fmt.Println("the visitor has a reference:", res.Header.Get("X-Request-Id") != "")
	}
	// Output:
	// 127.0.0.1 "GET / HTTP/1.1" 502 - - - -
	// the visitor has a reference: true
	// 127.0.0.1 "GET / HTTP/1.1" 502 - - REFERENCE -
	// the visitor has a reference: true
}

// A compressor outside Wrap sends other bytes than Wrap has counted for the access log.
func ExampleMiddleware_Wrap_incorrectCompression() {
	mw := quietMiddleware()
	proxy := mw.Proxy(refusedProxy())
	var line bytes.Buffer
	for _, chain := range []http.Handler{
		mw.AccessLog(&line, handlers.CompressHandler(mw.Wrap(proxy))), // wrong
		mw.AccessLog(&line, mw.Wrap(handlers.CompressHandler(proxy))),
	} {
		_, body, _ := visit(chain, "Accept: text/html", "Accept-Encoding: gzip")
		fmt.Println("the line counts what was sent:", strings.Contains(line.String(), fmt.Sprintf(" 502 %d ", len(body))))
		line.Reset()
	}
	// Output:
	// the line counts what was sent: false
	// the line counts what was sent: true
}

// Outside a compressor Recover comes too late: the compressor, which a panic ends too, has
// by then begun a 200 with the end of an empty gzip stream.
func ExampleMiddleware_Recover_incorrect() {
	mw := quietMiddleware()
	panics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") })
	for _, chain := range []http.Handler{
		mw.Wrap(mw.Recover(handlers.CompressHandler(panics))), // wrong
		mw.Wrap(handlers.CompressHandler(mw.Recover(panics))),
	} {
		if res, _, err := visit(chain, "Accept: text/html", "Accept-Encoding: gzip"); err == nil {
			fmt.Println(res.Status)
		} else {
			fmt.Println("the connection broke")
		}
	}
	// Output:
	// the connection broke
	// 500 Internal Server Error
}

// Another recovery swallows the panic with which a ReverseProxy ends a body that broke: the
// visitor takes half an answer for a whole one. Recover lets that panic through.
func ExampleMiddleware_Recover_incorrectOther() {
	mw := quietMiddleware()
	proxy := mw.Proxy(brokenProxy())
	for _, chain := range []http.Handler{
		handlers.RecoveryHandler()(mw.Wrap(proxy)), // wrong
		mw.Wrap(mw.Recover(proxy)),
	} {
		_, _, err := visit(chain)
		fmt.Println("the visitor sees that the body broke:", err != nil)
	}
	// Output:
	// the visitor sees that the body broke: false
	// the visitor sees that the body broke: true
}

// Fields that are set inside Wrap belong to the failed answer and go with it: the script of
// a page cannot read the problem. Those set outside stay.
func ExampleMiddleware_Wrap_incorrectCORS() {
	mw := quietMiddleware()
	proxy := mw.Proxy(refusedProxy())
	cors := handlers.CORS(handlers.AllowedOrigins([]string{"https://app.example.com"}))
	for _, chain := range []http.Handler{
		mw.Wrap(cors(proxy)), // wrong
		cors(mw.Wrap(proxy)),
	} {
		res, _, _ := visit(chain, "Origin: https://app.example.com")
		fmt.Printf("%s %q\n", res.Status, res.Header.Get("Access-Control-Allow-Origin"))
	}
	// Output:
	// 502 Bad Gateway ""
	// 502 Bad Gateway "https://app.example.com"
}

// A TimeoutHandler outside keeps an event stream to itself and throws it away in the end,
// and no connection can be upgraded through it. Config.ResponseTimeout leaves both alone.
func ExampleMiddleware_Wrap_incorrectTimeoutHandler() {
	mw := quietMiddleware()
	right := mw.Wrap(mw.Proxy(streamingProxy()))
	wrong := func(limit time.Duration) http.Handler { return http.TimeoutHandler(right, limit, "too slow") }

	for _, chain := range []http.Handler{wrong(100 * time.Millisecond), right} {
		res := begin(chain, "Accept: text/event-stream")
		first := make([]byte, 8)
		_, _ = io.ReadFull(res.Body, first)
		_ = res.Body.Close()
		fmt.Printf("%s %q\n", res.Status, first)
	}
	for _, chain := range []http.Handler{wrong(time.Minute), right} {
		res := begin(chain, "Connection: Upgrade", "Upgrade: echo")
		_ = res.Body.Close()
		fmt.Println(res.Status)
	}
	// Output:
	// 503 Service Unavailable "too slow"
	// 200 OK "data: 1\n"
	// 500 Internal Server Error
	// 101 Switching Protocols
}

// Inside a redirect to the canonical host TrustProxies comes too late: the request still
// carries the host by which the proxy in front knows us, and is sent round in circles.
func ExampleTrustProxies_incorrect() {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	canonical := handlers.CanonicalHost("https://shop.example.com", http.StatusFound)
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for _, chain := range []http.Handler{
		canonical(middleware.TrustProxies(trusted, answer)), // wrong
		middleware.TrustProxies(trusted, canonical(answer)),
	} {
		res, _, _ := visit(chain, "X-Forwarded-Host: shop.example.com", "X-Forwarded-Proto: https")
		fmt.Println(res.Status, res.Header.Get("Location"))
	}
	// Output:
	// 302 Found https://shop.example.com/
	// 204 No Content
}

// Inside Wrap TrustProxies comes too late for the answer, which names the host by which the
// proxy in front knows us.
func ExampleTrustProxies_incorrectInsideWrap() {
	mw := quietMiddleware()
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	proxy := mw.Proxy(refusedProxy())
	for _, chain := range []http.Handler{
		mw.Wrap(middleware.TrustProxies(trusted, proxy)), // wrong
		middleware.TrustProxies(trusted, mw.Wrap(proxy)),
	} {
		_, body, _ := visit(chain, "X-Forwarded-Host: shop.example.com")
		named, _, _ := strings.Cut(body, " is not answering")
		fmt.Println(named)
	}
	// Output:
	// 127.0.0.1
	// shop.example.com
}
