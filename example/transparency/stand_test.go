package transparency

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// A protocol is how a server is spoken to.
type protocol int

const (
	http1 protocol = iota // HTTP/1.1
	http2                 // HTTP/2 over TLS
	h2c                   // HTTP/2 without TLS
)

// serve starts a server that speaks p. It answers OPTIONS * with its handler.
func serve(t testing.TB, h http.Handler, p protocol) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.DisableGeneralOptionsHandler = true
	switch p {
	case http1:
		s.Start()
	case http2:
		s.EnableHTTP2 = true
		s.StartTLS()
	case h2c:
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// transportTo returns a transport like http.DefaultTransport that speaks p.
func transportTo(t testing.TB, p protocol) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Protocols = new(http.Protocols)
	switch p {
	case http1:
		transport.Protocols.SetHTTP1(true)
	case http2:
		transport.Protocols.SetHTTP2(true)
		transport.TLSClientConfig = testTLS()
	case h2c:
		transport.Protocols.SetUnencryptedHTTP2(true)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// A stand is an upstream with gateways in front that differ in nothing but us.
type stand struct {
	gateways []gateway
	// seen tells what came in at the upstream since it was called last.
	seen func(t *testing.T) string
	// fails is set where incidents are expected.
	fails bool
}

// A gateway is a server; the first of a stand is the bare one.
type gateway struct {
	name string
	*httptest.Server
	protocol protocol
}

// clocks are set in every test, so that they are in play, and long enough for a slow machine.
var clocks = middleware.Config{ResponseTimeout: time.Minute, StallTimeout: time.Minute}

// front puts the gateways up: what build returns bare, and with us around it.
func (s *stand) front(t testing.TB, p protocol, config middleware.Config, build func() http.Handler) {
	t.Helper()
	var failed atomic.Pointer[middleware.Incident]
	config.OnFailure = func(_ *http.Request, i *middleware.Incident) { failed.Store(i) }
	mw, err := middleware.New(config)
	if err != nil {
		t.Fatal(err)
	}
	around := func(h http.Handler) http.Handler {
		if p, ok := h.(*httputil.ReverseProxy); ok {
			return mw.Proxy(p)
		}
		return mw.Wrap(h)
	}
	s.add(t, "bare", p, build())
	s.add(t, "ours", p, around(build()))
	s.add(t, "the whole chain", p, mw.AccessLog(io.Discard, mw.Wrap(mw.Recover(around(build())))))
	t.Cleanup(func() {
		for _, g := range s.gateways {
			g.Close() // waits for the handlers
		}
		if i := failed.Load(); i != nil && !s.fails {
			t.Errorf("an incident was reported: %+v", *i)
		}
	})
}

func (s *stand) add(t testing.TB, name string, p protocol, h http.Handler) {
	s.gateways = append(s.gateways, gateway{name, serve(t, h, p), p})
}

// proxyTo returns a function that makes the same plain proxy again and again.
func proxyTo(t testing.TB, target string, back protocol, set func(*httputil.ReverseProxy)) func() http.Handler {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return func() http.Handler {
		p := &httputil.ReverseProxy{
			Transport: transportTo(t, back),
			Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u); r.SetXForwarded() },
			ErrorLog:  log.New(io.Discard, "", 0),
		}
		if set != nil {
			set(p)
		}
		return p
	}
}

// compare runs an exchange through each gateway and holds what its ends saw against
// what they saw with the bare one. The client's side must contain want: else the
// exchange is not what it is meant to be.
func (s *stand) compare(t *testing.T, want string, exchange func(*testing.T, gateway) string) {
	t.Helper()
	var client, upstream string
	for i, g := range s.gateways {
		c, u := exchange(t, g), ""
		if s.seen != nil {
			u = s.seen(t)
		}
		if i == 0 {
			client, upstream = c, u
		}
		if !strings.Contains(c, want) {
			t.Errorf("%s: the client saw\n%s\nwhich has no %q", g.name, c, want)
		}
		if c != client {
			t.Errorf("%s: the client saw\n%s\nand with the bare one\n%s", g.name, c, client)
		}
		if u != upstream {
			t.Errorf("%s: the upstream saw\n%s\nand with the bare one\n%s", g.name, u, upstream)
		}
	}
}
