package adapters

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// deadUpstream is an address on this machine where nobody listens.
const deadUpstream = "http://127.0.0.9:9"

const (
	browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	program = "application/json"
)

// serve starts a real server: recorders hide what net/http does with a response.
func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// newMiddleware makes one that logs nothing.
func newMiddleware(t *testing.T, c middleware.Config) *middleware.Middleware {
	t.Helper()
	c.Logger = slog.New(slog.DiscardHandler)
	if c.Brand.Site == "" {
		c.Brand = pages.Brand{Site: "Example Shop"}
	}
	mw, err := middleware.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return mw
}

// newTransport returns one that is closed at the end of the test.
func newTransport(t *testing.T) *http.Transport {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func proxyTo(t *testing.T, upstream *url.URL) *httputil.ReverseProxy {
	t.Helper()
	return &httputil.ReverseProxy{
		Transport: newTransport(t),
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(upstream) },
		ErrorLog:  log.New(io.Discard, "", 0),
	}
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// A front is a gateway as its visitors reach it.
type front struct {
	address string
	via     *url.URL // the forward proxy; nil: it is asked itself
	host    string   // the name it is asked for; empty: its address
}

func (f front) open(t *testing.T, path, accept string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = f.host
	req.Header.Set("Accept", accept)
	transport := newTransport(t)
	transport.Proxy = http.ProxyURL(f.via)
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// A reply is an answer read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

func (f front) get(t *testing.T, path, accept string) reply {
	t.Helper()
	res := f.open(t, path, accept)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Date")
	return reply{res.StatusCode, res.Header, string(body)}
}

// events is how many an upstream's stream has.
const events = 3

// shop is an upstream that works. It sends an event of its stream only when the one
// before has been seen.
func shop(seen <-chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/cart", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Etag", `"3"`)
		_, _ = io.WriteString(w, "<h1>Cart</h1>\n")
	})
	mux.HandleFunc("/healthz", healthy)
	mux.HandleFunc("/blank", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/lost", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "the shop's own page for 404\n")
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range events {
			fmt.Fprintf(w, "data: %d\n\n", i)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-seen:
			case <-r.Context().Done():
				return
			}
		}
	})
	return mux
}

// isOurPage reports a page of the middleware's.
func isOurPage(r reply) bool {
	return strings.HasPrefix(r.header.Get("Content-Type"), "text/html") &&
		r.header.Get("Content-Security-Policy") != "" && strings.Contains(r.body, "<html")
}
