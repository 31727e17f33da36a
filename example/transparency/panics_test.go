package transparency

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// brokenBody gives what it has, and then panics, or fails if it has an error.
type brokenBody struct {
	io.Reader
	err error
}

func (b brokenBody) Read(p []byte) (int, error) {
	if n, _ := b.Reader.Read(p); n > 0 {
		return n, nil
	} else if b.err == nil {
		panic("body")
	}
	return 0, b.err
}

func (b brokenBody) Close() error { return nil }

type brokenPool struct{}

func (brokenPool) Get() []byte { panic("pool") }
func (brokenPool) Put([]byte)  {}

// answers makes a transport that always returns the same.
func answers(status int, body string, end error) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r,
			ContentLength: -1, Body: brokenBody{strings.NewReader(body), end},
		}, nil
	})
}

// TestPanicsStayTheHosts: a panic out of a proxy reaches what is around mw.Proxy with its
// value, the client sees as much as without us, and what ReverseProxy itself writes to its
// ErrorLog is still written.
func TestPanicsStayTheHosts(t *testing.T) {
	for _, c := range []struct {
		name  string
		proxy func(*httputil.ReverseProxy)
		value string // of the panic
		log   string // what is in ErrorLog
	}{
		{"Rewrite panics", func(p *httputil.ReverseProxy) { p.Rewrite = func(*httputil.ProxyRequest) { panic("rewrite") } }, "rewrite", ""},
		//lint:ignore SA1019 people still have Directors
		{"Director panics", func(p *httputil.ReverseProxy) { p.Rewrite, p.Director = nil, func(*http.Request) { panic("director") } }, "director", ""},
		{"Transport panics", func(p *httputil.ReverseProxy) {
			p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { panic("transport") })
		}, "transport", ""},
		{"Transport returns neither a response nor an error", func(p *httputil.ReverseProxy) {
			p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, nil })
		}, "nil pointer", ""},
		{"ModifyResponse panics", func(p *httputil.ReverseProxy) { p.ModifyResponse = func(*http.Response) error { panic("modify") } }, "modify", ""},
		{"ModifyResponse panics over an empty 502", func(p *httputil.ReverseProxy) {
			p.Transport = answers(http.StatusBadGateway, "", io.EOF)
			p.ModifyResponse = func(*http.Response) error { panic("modify") }
		}, "modify", ""},
		{"ErrorHandler panics", func(p *httputil.ReverseProxy) {
			p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })
			p.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic("handler") }
		}, "handler", ""},
		{"ErrorHandler cuts the connection", func(p *httputil.ReverseProxy) {
			p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })
			p.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
		}, http.ErrAbortHandler.Error(), ""},
		{"BufferPool panics", func(p *httputil.ReverseProxy) { p.BufferPool = brokenPool{} }, "pool", ""},
		{"the body panics at once", func(p *httputil.ReverseProxy) { p.Transport = answers(200, "", nil) }, "body", ""},
		{"the body panics after it began", func(p *httputil.ReverseProxy) { p.Transport = answers(200, pattern(9000), nil) }, "body", ""},
		{"the body breaks after it began", func(p *httputil.ReverseProxy) {
			p.Transport = answers(200, pattern(9000), io.ErrUnexpectedEOF)
		}, http.ErrAbortHandler.Error(), "read error during body copy: unexpected EOF"},
		{"the body breaks after it began, flushed at once", func(p *httputil.ReverseProxy) {
			p.FlushInterval = -1
			p.Transport = answers(200, "few", io.ErrUnexpectedEOF)
		}, http.ErrAbortHandler.Error(), "read error during body copy: unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kinds.add(c.name, "h1", "every byte at the client, the value of the panic, and ErrorLog")
			mw, err := middleware.New(clocks)
			if err != nil {
				t.Fatal(err)
			}
			site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, pattern(100)) }))
			t.Cleanup(site.Close)
			target, err := url.Parse(site.URL)
			if err != nil {
				t.Fatal(err)
			}
			panicked, logged := make(chan string, 1), new(strings.Builder)
			s := &stand{seen: func(*testing.T) string { // what is around, in the upstream's place
				got := <-panicked + "\n" + logged.String()
				logged.Reset()
				if !strings.Contains(got, c.value) || !strings.Contains(got, c.log) {
					t.Errorf("panic and log have no %q and %q: %s", c.value, c.log, got)
				}
				return got
			}}
			for _, name := range []string{"bare", "ours"} {
				p := &httputil.ReverseProxy{
					Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target) },
					ErrorLog: log.New(logged, "", 0),
				}
				c.proxy(p)
				h := http.Handler(p)
				if name == "ours" {
					h = mw.Proxy(p)
				}
				s.add(t, name, http1, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer func() {
						v := recover()
						panicked <- fmt.Sprint(v)
						panic(v)
					}()
					h.ServeHTTP(w, r)
				}))
			}
			s.compare(t, "", func(t *testing.T, g gateway) string { return exchange1(t, g, request{line: "GET /"}) })
		})
	}
}
