package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A thinRecorder keeps an answer, and shows the writer behind it, but no Flush of its own.
type thinRecorder struct {
	http.ResponseWriter
	header http.Header
	status int
}

func (r *thinRecorder) Header() http.Header         { return r.header }
func (r *thinRecorder) WriteHeader(status int)      { r.status = status }
func (r *thinRecorder) Write(p []byte) (int, error) { return len(p), nil }
func (r *thinRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// TestStandIn has handlers and hooks make something good of what failed: nobody spoils it.
func TestStandIn(t *testing.T) {
	cut := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		_, _ = io.WriteString(w, strings.Repeat("x", 5000))
	}))
	closed := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "up-first")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	kept := func(first http.Handler, second http.HandlerFunc) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			func() {
				defer func() { _ = recover() }()
				first.ServeHTTP(&thinRecorder{ResponseWriter: w, header: http.Header{}}, r)
			}()
			second(w, r)
		})
	}
	for _, size := range []int{5, 50_000} {
		stale := strings.Repeat("s", size)
		for _, c := range []struct {
			name, method string
			handler      func(*middleware.Middleware) http.Handler
			status       int
			body         string // its beginning
			told         diagnosis.Type
		}{
			{name: "a ModifyResponse puts a copy in the place of a body that broke", handler: func(mw *middleware.Middleware) http.Handler {
				p := proxyTo(t, cut.URL)
				p.ModifyResponse = func(res *http.Response) error {
					if _, err := io.ReadAll(res.Body); err != nil {
						res.Body, res.ContentLength = io.NopCloser(strings.NewReader(stale)), int64(size)
						res.Header.Set("Content-Length", fmt.Sprint(size))
					}
					return nil
				}
				return mw.Proxy(p)
			}, status: 200, body: stale},
			{name: "a handler keeps a body that broke to itself", handler: func(mw *middleware.Middleware) http.Handler {
				return mw.Wrap(kept(mw.Proxy(proxyTo(t, cut.URL)), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, stale) }))
			}, status: 200, body: stale, told: diagnosis.HTTPResponseIncomplete},
			{name: "a handler takes the form that nobody got", method: http.MethodPost, handler: func(mw *middleware.Middleware) http.Handler {
				return mw.Wrap(kept(mw.Proxy(proxyTo(t, deadUpstream)), func(w http.ResponseWriter, r *http.Request) {
					form, err := io.ReadAll(r.Body)
					_, _ = fmt.Fprint(w, "queued ", len(form), err)
				}))
			}, status: 200, body: "queued 7 <nil>", told: diagnosis.ConnectionRefused},
			{name: "a handler has a 503 of its own", handler: func(mw *middleware.Middleware) http.Handler {
				return mw.Wrap(kept(mw.Proxy(proxyTo(t, closed.URL)), func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusServiceUnavailable)
					_, _ = io.WriteString(w, "own words")
				}))
			}, status: 503, body: "own words"},
			{name: "a handler streams", handler: func(mw *middleware.Middleware) http.Handler {
				return mw.Wrap(kept(mw.Proxy(proxyTo(t, deadUpstream)), func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					_ = http.NewResponseController(w).Flush()
					_, _ = io.WriteString(w, stale)
				}))
			}, status: 200, body: stale, told: diagnosis.ConnectionRefused},
		} {
			t.Run(fmt.Sprint(c.name, ", ", size), func(t *testing.T) {
				t.Parallel()
				onFailure, failures := incidents()
				gateway := serve(t, c.handler(newMiddleware(t, middleware.Config{OnFailure: onFailure})))
				method, form := c.method, "order=1"
				if method == "" {
					method, form = http.MethodGet, ""
				}
				r := send(t, method, gateway.URL, form, "Accept: text/html")
				if r.err != nil || r.status != c.status || r.body != c.body {
					t.Errorf("status %d, %d bytes %.40q, %v", r.status, len(r.body), r.body, r.err)
				}
				if c.told != "" {
					if i := next(t, failures); i.Type != c.told || i.Sent != c.status {
						t.Errorf("incident %+v, want %s", i, c.told)
					}
				}
			})
		}
	}
}

// TestRecordsOfASecondTry name what each try met.
func TestRecordsOfASecondTry(t *testing.T) {
	closed := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "up-first")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	var log bytes.Buffer
	mw := newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	s := serve(t, mw.Wrap(recorded(mw.Proxy(proxyTo(t, closed.URL)), mw.Proxy(proxyTo(t, deadUpstream)))))
	if r := get(t, s.URL); r.status != http.StatusBadGateway {
		t.Errorf("status %d", r.status)
	}
	s.Close()
	if strings.Contains(log.String(), "up-first") {
		t.Errorf("the record of one upstream has the other's name for the request: %s", log.String())
	}
	log.Reset()
	s = serve(t, mw.Wrap(mw.Recover(recorded(mw.Proxy(proxyTo(t, deadUpstream)), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a fault of the stand-in") })))))
	if r := get(t, s.URL); r.status != http.StatusInternalServerError {
		t.Errorf("status %d", r.status)
	}
	s.Close()
	if got := log.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "connection_refused") || !strings.Contains(got, "a fault of the stand-in") || !strings.Contains(got, "stack=") {
		t.Errorf("records %s", got)
	}
}

// TestABodyThatAPlainHandlerReads breaks: ErrorHandler is told of an answer that had begun.
func TestABodyThatAPlainHandlerReads(t *testing.T) {
	cut := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "9000")
		_, _ = io.WriteString(w, strings.Repeat("x", 5000))
	}))
	onFailure, failures := incidents()
	mw := newMiddleware(t, middleware.Config{OnFailure: onFailure})
	client := &http.Client{Transport: mw.Transport(&http.Transport{})}
	s := serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, cut.URL, nil)
		res, err := client.Do(req)
		if err == nil {
			defer res.Body.Close()
			_, err = io.ReadAll(res.Body)
		}
		mw.ErrorHandler(w, r, fmt.Errorf("the report: %w", err))
	})))
	if r := get(t, s.URL); r.status != http.StatusBadGateway {
		t.Errorf("status %d, %v", r.status, r.err)
	}
	if i := next(t, failures); i.Type != diagnosis.HTTPResponseIncomplete || i.Outcome != diagnosis.Answered || i.Upstream != cut.URL {
		t.Errorf("incident %+v", i)
	}
}

// TestAForeignRoundTripperMayHaveSentBefore: it sends once without a trace, and what it does
// then proves nothing.
func TestAForeignRoundTripperMayHaveSentBefore(t *testing.T) {
	for _, body := range []string{"", "order=1"} {
		for _, last := range []error{nil, errors.New("http: no Host in request URL"), errors.New("http: nil Request.URL"), errors.New("client tried to switch to invalid protocol \"x\"")} {
			for _, isHTTP2 := range []bool{false, true} {
				got := make(chan string, 4)
				shop := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					order, _ := io.ReadAll(r.Body)
					got <- string(order)
					panic(http.ErrAbortHandler)
				}))
				own := &http.Transport{DisableKeepAlives: true}
				base := roundTrip(func(r *http.Request) (*http.Response, error) {
					var order []byte
					if r.Body != nil {
						order, _ = io.ReadAll(r.Body)
					}
					unseen := r.Clone(httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{}))
					unseen.Body = io.NopCloser(bytes.NewReader(order))
					if _, err := own.RoundTrip(unseen); last != nil || err == nil {
						return nil, last
					}
					again := r.Clone(r.Context())
					again.URL.Host = "127.0.0.9:9"
					again.Body = io.NopCloser(bytes.NewReader(order))
					return own.RoundTrip(again)
				})
				p := proxyTo(t, shop.URL)
				p.Transport = base
				onFailure, failures := incidents()
				s := httptest.NewUnstartedServer(newMiddleware(t, middleware.Config{OnFailure: onFailure}).Proxy(p))
				s.EnableHTTP2 = isHTTP2
				s.StartTLS()
				client := s.Client()
				client.Timeout = 5 * time.Second
				res, err := client.Post(s.URL, "application/x-www-form-urlencoded", strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				s.Close()
				if i := next(t, failures); len(got) > 0 && i.Outcome == diagnosis.NotSent {
					t.Errorf("body %q, HTTP/2 %v, then %v: the shop got %d orders, and the visitor is told %s", body, isHTTP2, last, len(got), i.Outcome)
				}
			}
		}
	}
}
