package upstreamtest_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

func start(t *testing.T, c upstreamtest.Case) *upstreamtest.Upstream {
	t.Helper()
	u, err := upstreamtest.Start(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	return u
}

// gateway starts a bare ReverseProxy in front of u.
func gateway(t *testing.T, c upstreamtest.Case, u *upstreamtest.Upstream) string {
	t.Helper()
	quiet := log.New(io.Discard, "", 0)
	transport := u.Transport()
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u.URL) },
		Transport: transport,
		ErrorLog:  quiet,
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.MaxBody > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, c.MaxBody)
		}
		ctx, cancel := bounded(r.Context(), c.ResponseTimeout+c.StallTimeout)
		defer cancel()
		proxy.ServeHTTP(w, r.WithContext(ctx))
	}))
	server.Config.ErrorLog, server.Config.ReadTimeout = quiet, c.ReadTimeout
	server.Start()
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL
}

// visit returns the status of a whole answer, or cut.
func visit(t *testing.T, c upstreamtest.Case, url string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	res, err := c.Visit(ctx, url, http.Header{"Accept": {"text/html"}})
	if ctx.Err() != nil {
		t.Error("it did not end")
	}
	if err != nil {
		return cut
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return cut
	}
	return res.StatusCode
}

// patience is how long the gateway is to wait in the case; 0: without end. It stands for
// each kind of timeout: what is bare has no other.
func patience(c upstreamtest.Case) time.Duration {
	if c.Want.Gone() {
		return upstreamtest.Limit
	}
	return c.ResponseTimeout + c.StallTimeout + c.ReadTimeout
}

func bounded(ctx context.Context, patience time.Duration) (context.Context, context.CancelFunc) {
	if patience > 0 {
		return context.WithTimeout(ctx, patience)
	}
	return context.WithCancel(ctx)
}

// roundTrip sends a request to u without a proxy between.
func roundTrip(t *testing.T, c upstreamtest.Case, u *upstreamtest.Upstream) (*http.Response, error) {
	t.Helper()
	var body io.Reader
	if c.Method == http.MethodPost {
		body = struct{ io.Reader }{strings.NewReader("order=1")} // as behind a proxy: it cannot be sent again
	}
	ctx, leave := bounded(t.Context(), patience(c))
	t.Cleanup(leave)
	req, err := http.NewRequestWithContext(ctx, c.Method, u.URL.String(), body)
	if err != nil {
		return nil, err
	}
	transport := u.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	return transport.RoundTrip(req)
}
