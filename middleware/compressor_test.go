package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestTheCompressorsFaultsAreItsOwn shows what gorilla's compressor (v1.5.2) does wrong
// with working answers: the bytes are the same without us.
func TestTheCompressorsFaultsAreItsOwn(t *testing.T) {
	t.Parallel()
	up := serve(t, workingUpstream())
	copies := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", "6")
		io.Copy(w, struct{ io.Reader }{strings.NewReader("copied")})
	})
	for _, c := range []struct {
		name, request string
		next          http.Handler
		fault         string // in the bytes of the answer
	}{
		{"HEAD tells the length of an empty gzip stream", "HEAD /hello", proxyTo(t, up.URL), "Content-Length: 23\r\n"},
		{"an answer without a body has an encoding", "GET /status/204", proxyTo(t, up.URL), "Content-Encoding: gzip\r\n"},
		{"a part of a file is encoded by itself", "GET /range\nRange: bytes=2-5", proxyTo(t, up.URL), "Content-Encoding: gzip\r\nContent-Range: bytes 2-5/10\r\n"},
		{"io.Copy keeps the length that was declared", "GET /", copies, "Content-Length: 6\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			request := rawRequest(c.request + "\nAccept-Encoding: gzip")
			mw := newMiddleware(t, middleware.Config{})
			ours := c.next
			if p, ok := ours.(*httputil.ReverseProxy); ok {
				ours = mw.Proxy(p)
			}
			want := raw(t, serve(t, handlers.CompressHandler(c.next)).URL, request)
			got := raw(t, serve(t, mw.Wrap(handlers.CompressHandler(mw.Recover(ours)))).URL, request)
			if got != want {
				t.Errorf("got\n%q\nwant\n%q", got, want)
			}
			if !strings.Contains(got, c.fault) {
				t.Errorf("the fault is gone, and with it the reason for what doc.go says: %q", got)
			}
		})
	}
}

// TestOurAnswerPassesWhatIsInBetween: whatever a handler between Wrap and the proxy does to
// bodies, our answer arrives as it was made; and who only watches sees it too.
func TestOurAnswerPassesWhatIsInBetween(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		between func(http.Handler) http.Handler
	}{
		{"a compressor", handlers.CompressHandler},
		{"one that keeps everything to itself", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&keeper{ResponseWriter: w}, r) })
		}},
		{"one that adds to the end", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				io.WriteString(w, "<!-- made by us -->")
			})
		}},
		{"one that only watches", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				k := &watcher{ResponseWriter: w}
				if next.ServeHTTP(k, r); k.status != 502 || k.bytes == 0 {
					t.Errorf("it saw status %d, %d bytes", k.status, k.bytes)
				}
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			mw := newMiddleware(t, middleware.Config{})
			got := get(t, serve(t, mw.Wrap(c.between(mw.Proxy(proxyTo(t, deadUpstream))))).URL, "Accept: text/html", "Accept-Encoding: gzip")
			if got.header.Get("Content-Length") != itoa(len(got.body)) {
				t.Errorf("header %v, %d bytes", got.header, len(got.body))
			}
			got.body = plain(t, got)
			if got.err != nil || got.status != 502 || !strings.HasPrefix(got.body, page) || !strings.HasSuffix(got.body, "</html>") {
				t.Errorf("status %d, error %v, body %.40q … %q", got.status, got.err, got.body, got.body[max(0, len(got.body)-40):])
			}
		})
	}
}

func TestOuterFieldsAfterEarlyHints(t *testing.T) {
	t.Parallel()
	hints := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("X-Outer", "inner")
	}))
	mw := newMiddleware(t, middleware.Config{})
	for _, c := range []struct {
		name, want string
		next       http.Handler
	}{
		{"a handler may replace them", "[inner]", hints.Config.Handler},
		{"a proxy adds to them", "[outer inner]", mw.Proxy(proxyTo(t, hints.URL))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Outer", "outer")
				mw.Wrap(c.next).ServeHTTP(w, r)
			}))
			if got := get(t, s.URL).header.Values("X-Outer"); fmt.Sprint(got) != c.want {
				t.Errorf("got %q, want %s", got, c.want)
			}
		})
	}
}

// A keeper passes nothing on.
type keeper struct{ http.ResponseWriter }

func (k *keeper) WriteHeader(int)             {}
func (k *keeper) Write(p []byte) (int, error) { return len(p), nil }

// A watcher counts, as metrics do.
type watcher struct {
	http.ResponseWriter
	status, bytes int
}

func (k *watcher) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *watcher) Write(p []byte) (int, error) {
	n, err := k.ResponseWriter.Write(p)
	k.bytes += n
	return n, err
}
