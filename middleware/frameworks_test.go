package middleware_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// gin's Context.Stream asserts http.CloseNotifier on the writer and panics without it.
func TestWrapKeepsTheCloseNotifierThatGinNeeds(t *testing.T) {
	mw := newMiddleware(t, middleware.Config{})
	got := get(t, serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
		_, _ = io.WriteString(w, "ok")
	}))).URL)
	if got.err != nil || got.body != "ok" {
		t.Errorf("got %+v", got)
	}
}

// gin.Recovery (v1.11.0) takes http.ErrAbortHandler for a panic like any other; goproxy
// only logs what io.Copy returns. The answer then looks whole.
func TestACutBodyEndsVisiblyWhereAHandlerSwallowsTheAbort(t *testing.T) {
	up := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	mw := newMiddleware(t, middleware.Config{})
	proxy := mw.Proxy(proxyTo(t, up.URL))
	got := get(t, serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { _ = recover() }()
		proxy.ServeHTTP(w, r)
	}))).URL)
	if got.err == nil {
		t.Errorf("half an answer looks whole: %+v", got)
	}
}

// onceWriter takes the first status for the final one, as echo.Response (v4.13.4) does.
type onceWriter struct {
	http.ResponseWriter
	written bool
}

func (w *onceWriter) WriteHeader(status int) {
	if !w.written {
		w.written = true
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *onceWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestThePageKeepsItsStatusBehindAWriterThatTakesAnEarlyHintForTheFinalStatus(t *testing.T) {
	up := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		panic(http.ErrAbortHandler)
	}))
	mw := newMiddleware(t, middleware.Config{})
	proxy := mw.Proxy(proxyTo(t, up.URL))
	got := get(t, serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxy.ServeHTTP(&onceWriter{ResponseWriter: w}, r)
	}))).URL, "Accept: text/html")
	if got.status != http.StatusBadGateway {
		t.Errorf("our page came with status %d", got.status)
	}
}
