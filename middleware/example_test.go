package middleware_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

func Example() {
	target, _ := url.Parse("http://127.0.0.1:9000")
	rewrite := func(r *httputil.ProxyRequest) { r.SetURL(target) }

	mw, err := middleware.New(middleware.Config{
		Brand: pages.Brand{Site: "Example Shop", Contact: pages.Contact{Email: "help@example.com"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: rewrite}
	log.Fatal(http.ListenAndServe(":8080", mw.Proxy(proxy)))
}

// The order of a whole chain, from the outside in.
func ExampleMiddleware_Wrap() {
	mw, err := middleware.New(middleware.Config{})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable) // left empty: Wrap fills it
	})
	chain := mw.AccessLog(os.Stderr, mw.Wrap(mw.Recover(mux)))

	w := httptest.NewRecorder()
	chain.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://shop.example.com/", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 503 text/plain; charset=utf-8
}

// Wiring by hand, where [Middleware.Proxy] does not fit.
func ExampleMiddleware_Transport() {
	mw, err := middleware.New(middleware.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	target, _ := url.Parse("http://127.0.0.1:1")
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:      mw.Transport(http.DefaultTransport),
		ErrorHandler:   mw.ErrorHandler,
		ModifyResponse: mw.ModifyResponse,
	}
	server := httptest.NewServer(mw.Wrap(proxy))
	defer server.Close()

	res, err := http.Get(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	// Output: 502 Bad Gateway
}

// A program that knows more than the network says so with a [diagnosis.Error].
func ExampleMiddleware_ErrorHandler() {
	mw, err := middleware.New(middleware.Config{
		OnFailure: func(_ *http.Request, i *middleware.Incident) { fmt.Println(i.Type, i.Phase, i.Outcome, i.Err) },
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	errOpen := errors.New("the breaker is open")
	handler := mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mw.ErrorHandler(w, r, &diagnosis.Error{Type: diagnosis.DestinationUnavailable, RetryAfter: 30 * time.Second, Err: errOpen})
	}))
	server := httptest.NewServer(handler)
	defer server.Close()

	req, _ := http.NewRequest(http.MethodGet, server.URL, nil)
	req.Header.Set("Accept", "application/problem+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	fmt.Println(res.Status, res.Header.Get("Retry-After"))
	// Output:
	// destination_unavailable connect unknown destination_unavailable: the breaker is open
	// 503 Service Unavailable 30
}

// The wrong way round: inside a handler that flushes or compresses, the answer comes too
// late or goes out under the wrong Content-Encoding.
func ExampleMiddleware_Wrap_incorrect() {
	mw, err := middleware.New(middleware.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	flushesFirst := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush() // the status 200 is out now
			next.ServeHTTP(w, r)
		})
	}
	inside := flushesFirst(mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
	})))
	w := httptest.NewRecorder()
	inside.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://shop.example.com/", nil))
	fmt.Println(w.Code)
	// Output: 200
}
