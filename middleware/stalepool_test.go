package middleware_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// An upstream that was restarted: every connection that the transport keeps for its next
// use is dead, none noticed yet, and new ones work. net/http tries one after the other
// and then opens a new one. That is no endless repetition.
func TestStaleConnectionsAreNoFailure(t *testing.T) {
	const idle = 20
	for _, c := range []struct {
		name string
		wrap func(*httputil.ReverseProxy) http.Handler
	}{
		{"a bare proxy", func(p *httputil.ReverseProxy) http.Handler { return p }},
		{"ours", func(p *httputil.ReverseProxy) http.Handler {
			return newMiddleware(t, middleware.Config{}).Proxy(p)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			target, err := url.Parse(staleAfterFirst(t, idle))
			if err != nil {
				t.Fatal(err)
			}
			transport := &http.Transport{MaxIdleConnsPerHost: idle}
			t.Cleanup(transport.CloseIdleConnections)
			front := serve(t, c.wrap(&httputil.ReverseProxy{
				Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
			}))
			var all sync.WaitGroup
			for range idle {
				all.Go(func() { get(t, front.URL+"/first") })
			}
			all.Wait()
			if got := get(t, front.URL+"/again"); got.status != http.StatusOK {
				t.Errorf("status %d: %s", got.status, got.body)
			}
		})
	}
}

// A request that makes the upstream reset any connection, over HTTP/1.1: it is sent again
// on each connection that was used before, and that is no HTTP/2 refusal.
func TestResetsOfKeptConnectionsAreTerminations(t *testing.T) {
	const idle = 20
	target, err := url.Parse(staleAfterFirst(t, idle))
	if err != nil {
		t.Fatal(err)
	}
	onFailure, incidents := incidents()
	transport := &http.Transport{MaxIdleConnsPerHost: idle}
	t.Cleanup(transport.CloseIdleConnections)
	front := serve(t, newMiddleware(t, middleware.Config{OnFailure: onFailure}).Proxy(&httputil.ReverseProxy{
		Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
	}))
	var all sync.WaitGroup
	for range idle {
		all.Go(func() { get(t, front.URL+"/first") })
	}
	all.Wait()
	get(t, front.URL+"/crash")
	if i := <-incidents; i.Type != diagnosis.ConnectionTerminated {
		t.Errorf("%s after %d attempts, hint %q, want %s", i.Type, i.Attempts, i.Hint, diagnosis.ConnectionTerminated)
	}
}

// staleAfterFirst serves /first on n connections at once, which then end without an
// answer to the next request. Other connections work.
func staleAfterFirst(t *testing.T, n int) string {
	t.Helper()
	type staleKey struct{}
	var together sync.WaitGroup
	together.Add(n)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stale := r.Context().Value(staleKey{}).(*bool)
		switch {
		case *stale, r.URL.Path == "/crash":
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/first":
			*stale = true
			together.Done()
			together.Wait() // so that each has a connection of its own
		}
		_, _ = io.WriteString(w, "works")
	}))
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, staleKey{}, new(bool))
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// Connections of a dialler that cannot be compared, or look as if they could.
type (
	byValue struct {
		net.Conn
		done func()
	}
	byInterface struct {
		net.Conn
		note any
	}
)

// TestConnectionsThatCannotBeCompared: a dialler may return a value with anything in it. A
// kept connection that has died is no failure there either.
func TestConnectionsThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	for name, around := range map[string]func(net.Conn) net.Conn{
		"a value with a function":                    func(c net.Conn) net.Conn { return byValue{c, func() {}} },
		"a value with a slice behind an interface":   func(c net.Conn) net.Conn { return byInterface{c, []int{1}} },
		"a value with a pointer behind an interface": func(c net.Conn) net.Conn { return byInterface{c, t} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := proxyTo(t, staleAfterFirst(t, 1))
			p.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				c, err := new(net.Dialer).DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				return around(c), nil
			}
			front := serve(t, newMiddleware(t, middleware.Config{}).Proxy(p))
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for _, path := range []string{"/first", "/again", "/and-again"} {
				req, _ := http.NewRequestWithContext(ctx, http.MethodGet, front.URL+path, nil)
				res, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if res.Body.Close(); res.StatusCode != 200 {
					t.Errorf("%s: status %d", path, res.StatusCode)
				}
			}
		})
	}
}
