package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const page = "<!doctype html>" // how our page begins

// TestWrapAroundHandlers tells what becomes of what a handler does.
func TestWrapAroundHandlers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		config  middleware.Config
		accept  string
		status  int
		body    string // how it begins; empty: it is empty
		header  string // a field that must be there
		without string // a field that must not be there
		cut     bool   // the answer is visibly cut off
		failed  bool   // an incident is reported
	}{
		{name: "an empty 502 gets a page", handler: status(502), status: 502, body: page, failed: true},
		{name: "an empty 503 gets a page", handler: status(503), status: 503, body: page, failed: true},
		{name: "an empty 504 gets a page", handler: status(504), status: 504, body: page, failed: true},
		{name: "an empty 502 gets text where nothing is named", accept: "*/*", handler: status(502), status: 502, body: "127.0.0.1: Something broke here (502)", failed: true},
		{name: "an empty 500 is the site's own", handler: status(500), status: 500},
		{name: "an empty 503 keeps its Retry-After", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(503)
		}, accept: "application/json", status: 503, body: "{", header: "Retry-After", failed: true},
		{name: "a body with a 502 is the site's own", handler: text(502, "own words"), status: 502, body: "own words"},
		{name: "a body with a listed status is replaced", config: middleware.Config{Replace: []int{500}}, handler: text(500, "own words"), status: 500, body: page, failed: true},
		{name: "gRPC trailers-only answers are complete", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/grpc")
			w.WriteHeader(503)
		}, status: 503},
		{name: "the answer of an RPC is not replaced", config: middleware.Config{Replace: []int{500}}, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/proto")
			text(500, "own words")(w, nil)
		}, status: 500, body: "own words"},
		{name: "skipped requests are left alone", config: middleware.Config{Skip: func(*http.Request) bool { return true }}, handler: status(502), status: 502},
		{name: "a second WriteHeader is ignored", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			w.WriteHeader(502)
		}, status: 201},
		{name: "io.Copy behind an empty 502 is the site's own body", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			io.Copy(w, strings.NewReader("copied"))
		}, status: 502, body: "copied"},
		{name: "io.Copy cannot leak behind a replaced status", config: middleware.Config{Replace: []int{502}}, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			io.Copy(w, struct{ io.Reader }{strings.NewReader("leak")})
		}, status: 502, body: page, failed: true},
		{name: "a flushed 502 is the site's own", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			w.(http.Flusher).Flush()
		}, status: 502},
		{name: "what is set after WriteHeader is not sent", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			w.Header().Set("X-Late", "1")
			io.WriteString(w, "body")
		}, status: 502, body: "body", without: "X-Late"},
		{name: "the failed answer's own fields are gone", handler: func(w http.ResponseWriter, _ *http.Request) {
			for _, name := range []string{"Etag", "Set-Cookie", "Content-Encoding", "Content-Range", "X-Powered-By"} {
				w.Header().Set(name, "x")
			}
			w.WriteHeader(502)
		}, status: 502, body: page, without: "X-Powered-By", failed: true},
		{name: "outer fields stay", handler: status(502), status: 502, body: page, header: "X-Outer", failed: true},
		{name: "outer fields stay after early hints", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			clear(w.Header()) // as ReverseProxy does it, golang/go#81207
			w.WriteHeader(200)
		}, status: 200, header: "X-Outer"},
		{name: "a started response is cut off, never added to", handler: func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, status: 200, body: "begun", cut: true},
		{name: "a panic is the host's", handler: func(http.ResponseWriter, *http.Request) { panic("host") }, cut: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.accept == "" {
				c.accept = "text/html"
			}
			report, reported := incidents()
			c.config.OnFailure = report
			wrapped := newMiddleware(t, c.config).Wrap(c.handler)
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Outer", "1")
				wrapped.ServeHTTP(w, r)
			}))
			got := get(t, s.URL, "Accept: "+c.accept)
			if got.status != c.status || !strings.HasPrefix(got.body, c.body) || c.body == "" && got.body != "" {
				t.Errorf("status %d, body %.60q; want %d, %q", got.status, got.body, c.status, c.body)
			}
			if c.cut != (got.err != nil) {
				t.Errorf("error %v, want cut off: %v", got.err, c.cut)
			}
			if c.header != "" && got.header.Get(c.header) == "" || c.without != "" && got.header.Get(c.without) != "" {
				t.Errorf("header %v", got.header)
			}
			s.Close() // waits until the handler has returned
			if (len(reported) > 0) != c.failed || len(reported) > 1 {
				t.Errorf("%d incidents reported, want some: %v", len(reported), c.failed)
			}
		})
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func text(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// TestHooksOfTheUser tells how the hooks of a user's ReverseProxy and ours go together.
func TestHooksOfTheUser(t *testing.T) {
	t.Parallel()
	up := serve(t, text(200, "fine"))
	report, reported := incidents()
	mw := newMiddleware(t, middleware.Config{OnFailure: report})

	t.Run("the error of their ModifyResponse is diagnosed", func(t *testing.T) {
		p := proxyTo(t, up.URL)
		p.ModifyResponse = func(*http.Response) error {
			return &diagnosis.Error{Type: diagnosis.HTTPResponseBodySize, Err: errors.New("too long")}
		}
		got := get(t, serve(t, mw.Proxy(p)).URL, "Accept: text/html")
		if i := <-reported; got.status != 502 || i.Type != diagnosis.HTTPResponseBodySize || i.Outcome != diagnosis.Answered {
			t.Errorf("status %d, incident %+v", got.status, i)
		}
	})
	t.Run("their ErrorHandler is called instead of ours, and reported", func(t *testing.T) {
		p := proxyTo(t, deadUpstream)
		p.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { text(502, "theirs")(w, nil) }
		got := get(t, serve(t, mw.Proxy(p)).URL, "Accept: text/html")
		if i := <-reported; got.body != "theirs" || i.Type != diagnosis.ConnectionRefused {
			t.Errorf("body %q, incident %+v", got.body, i)
		}
	})
	t.Run("an empty 5xx of their ErrorHandler is filled with the known cause and their status", func(t *testing.T) {
		p := proxyTo(t, deadUpstream)
		p.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(503) }
		got := get(t, serve(t, mw.Proxy(p)).URL, "Accept: application/json")
		if i := <-reported; got.status != 503 || !strings.Contains(got.body, `"connection_refused"`) || i.Status != 503 {
			t.Errorf("status %d, body %s, incident %+v", got.status, got.body, i)
		}
	})
	t.Run("wrapping twice gives one page and one record", func(t *testing.T) {
		got := get(t, serve(t, mw.Wrap(mw.Wrap(mw.Proxy(proxyTo(t, deadUpstream))))).URL, "Accept: text/html")
		<-reported
		if strings.Count(got.body, page) != 1 || len(reported) != 0 {
			t.Errorf("%d pages, %d further records", strings.Count(got.body, page), len(reported))
		}
	})
	t.Run("ErrorHandler alone knows less, and shows nothing internal", func(t *testing.T) {
		p := proxyTo(t, deadUpstream+"/internal-prefix")
		p.ErrorHandler = mw.ErrorHandler
		got := get(t, serve(t, p).URL+"/cart", "Accept: text/html")
		<-reported
		if got.status != 502 || strings.Contains(got.body, "internal-prefix") || strings.Contains(got.body, "127.0.0.9") || !strings.Contains(got.body, "/cart") {
			t.Errorf("status %d, body %.300s", got.status, got.body)
		}
	})
	t.Run("a plain handler can call it for its own client", func(t *testing.T) {
		got := get(t, serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mw.ErrorHandler(w, r, errors.New("some library failed"))
		}))).URL, "Accept: application/json")
		if i := <-reported; got.status != 502 || i.Party != diagnosis.Unknown || i.Verdict.Confidence != diagnosis.CannotTell {
			t.Errorf("status %d, incident %+v", got.status, i)
		}
	})
	t.Run("a deadline of the host program is no visitor who left", func(t *testing.T) {
		slow := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		m := newMiddleware(t, middleware.Config{OnFailure: report, ResponseTimeout: 50 * time.Millisecond})
		got := get(t, serve(t, m.Proxy(proxyTo(t, slow.URL))).URL, "Accept: text/html")
		if i := <-reported; got.status != 504 || i.Type != diagnosis.HTTPResponseTimeout {
			t.Errorf("status %d, incident %+v", got.status, i)
		}
	})
}

// TestAfterErrorHandler tells that the answer is ours, whole and once, whatever the handler
// does after it called for it.
func TestAfterErrorHandler(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		then func(w http.ResponseWriter)
		cut  bool // the connection ends without an answer
	}{
		{name: "nothing", then: func(http.ResponseWriter) {}},
		{name: "another status", then: func(w http.ResponseWriter) { w.WriteHeader(200) }},
		{name: "an interim status", then: func(w http.ResponseWriter) { w.WriteHeader(103) }},
		{name: "more text", then: func(w http.ResponseWriter) { io.WriteString(w, "more") }},
		{name: "a copy", then: func(w http.ResponseWriter) { io.Copy(w, strings.NewReader("more")) }},
		{name: "a flush", then: func(w http.ResponseWriter) { w.(http.Flusher).Flush() }},
		{name: "a hijack", then: func(w http.ResponseWriter) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				conn.Close()
			}
		}},
		{name: "a header field", then: func(w http.ResponseWriter) { w.Header().Set("X-Powered-By", "x") }},
		{name: "a panic that ends the connection", then: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, cut: true},
	} {
		for _, between := range []string{"directly", "through another writer"} {
			t.Run(c.name+", "+between, func(t *testing.T) {
				t.Parallel()
				mw := newMiddleware(t, middleware.Config{})
				srv := serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if between != "directly" {
						w = struct {
							http.ResponseWriter
							http.Flusher
							http.Hijacker
						}{w, w.(http.Flusher), w.(http.Hijacker)}
					}
					mw.ErrorHandler(w, r, errors.New("broken"))
					c.then(w)
				})))
				if c.cut {
					if res, err := http.Get(srv.URL); err == nil {
						res.Body.Close()
						t.Errorf("status %d, want no answer", res.StatusCode)
					}
					return
				}
				got := get(t, srv.URL, "Accept: text/html")
				if got.status != 502 || strings.Count(got.body, page) != 1 || !strings.HasSuffix(got.body, "</html>") || got.header.Get("X-Powered-By") != "" {
					t.Errorf("status %d, %v, body %.80s … %s", got.status, got.header, got.body, got.body[max(0, len(got.body)-80):])
				}
			})
		}
	}
}

// TestABodyThatBrokeInAHook: whoever reads the upstream's answer before it is passed on, and
// has nothing to pass on then.
func TestABodyThatBrokeInAHook(t *testing.T) {
	t.Parallel()
	up := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	reading := func(res *http.Response) error {
		_, err := io.ReadAll(res.Body)
		return err
	}
	mw := newMiddleware(t, middleware.Config{})
	ours := proxyTo(t, up.URL)
	ours.ModifyResponse = reading
	wired := proxyTo(t, up.URL)
	wired.Transport, wired.ErrorHandler = mw.Transport(nil), mw.ErrorHandler
	wired.ModifyResponse = func(res *http.Response) error { return errors.Join(mw.ModifyResponse(res), reading(res)) }
	for name, handler := range map[string]http.Handler{"with Proxy": mw.Proxy(ours), "wired by hand": mw.Wrap(wired)} {
		t.Run(name, func(t *testing.T) {
			got := get(t, serve(t, handler).URL, "Accept: text/html")
			if got.status != 502 || strings.Count(got.body, page) != 1 {
				t.Errorf("status %d, body %.80q", got.status, got.body)
			}
		})
	}
}

func TestIncidentOfIsKnownToOuterHandlers(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{})
	seen := make(chan *middleware.Incident, 1)
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mw.Proxy(proxyTo(t, deadUpstream)).ServeHTTP(w, r)
		seen <- middleware.IncidentOf(r.Context())
	})
	get(t, serve(t, mw.Wrap(inner)).URL)
	if i := <-seen; i == nil || i.Type != diagnosis.ConnectionRefused || i.Upstream != deadUpstream {
		t.Errorf("got %+v", i)
	}
	if i := middleware.IncidentOf(httptest.NewRequest("GET", "/", nil).Context()); i != nil {
		t.Errorf("an incident out of nothing: %+v", i)
	}
}
