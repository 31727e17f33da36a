package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// failingReader is a program's own reader of the body.
type failingReader struct{ io.Reader }

func (failingReader) Close() error { return nil }

// eats is a handler in front of the proxy that changes the request.
func eats(eat func(*http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { eat(r); next.ServeHTTP(w, r) })
	}
}

// TestWhoeverChangedTheBody: what a program of the gateway does to the request body is never
// the visitor's fault, whatever the upstream speaks.
func TestWhoeverChangedTheBody(t *testing.T) {
	t.Parallel()
	replace := func(body string) func(*http.Request) {
		return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(body)) }
	}
	for name, c := range map[string]struct {
		eat  func(*http.Request)
		hint string
	}{
		"a form that is parsed":   {func(r *http.Request) { _ = r.ParseForm() }, "Content-Length"},
		"a body that is logged":   {func(r *http.Request) { _, _ = io.ReadAll(r.Body) }, "Content-Length"},
		"half of it":              {func(r *http.Request) { _, _ = io.ReadFull(r.Body, make([]byte, 3)) }, "Content-Length"},
		"a shorter one":           {replace("a"), "Content-Length"},
		"a longer one":            {replace("a body that is longer than before"), "Content-Length"},
		"a body that is closed":   {func(r *http.Request) { _ = r.Body.Close() }, "closed the request body"},
		"a reader that fails":     {func(r *http.Request) { r.Body = failingReader{errReader{errors.New("no key")}} }, "in front of the proxy"},
		"a reader that says more": {func(r *http.Request) { r.Body = failingReader{errReader{&diagnosis.Error{Hint: "no key"}}} }, "no key"},
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, HTTP/2 %t", name, http2), func(t *testing.T) {
				t.Parallel()
				report, reported := incidents()
				mw := newMiddleware(t, middleware.Config{OnFailure: report})
				_, p := new(tally).secureServer(t, func(s *httptest.Server) { s.EnableHTTP2 = http2 })
				gateway := serve(t, eats(c.eat)(mw.Proxy(p)))
				got := send(t, http.MethodPost, gateway.URL, "name=value&a", "Accept: text/html", "Content-Type: application/x-www-form-urlencoded")
				if got.status == http.StatusOK {
					t.Fatal("it went well")
				}
				i := <-reported
				if i.Type != diagnosis.ProxyInternalError || got.status != 500 || i.Party != diagnosis.Site || !strings.Contains(i.Hint, c.hint) {
					t.Errorf("status %d, %s by %q, hint %q, for %v", got.status, i.Type, i.Party, i.Hint, chain(i.Err))
				}
				if strings.Contains(got.body, "We could not read your request") || strings.Contains(got.body, "Your form was not accepted") {
					t.Error("the page blames the visitor")
				}
			})
		}
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// A mute error wraps, and has no Unwrap: as those of some gateways' diallers.
type mute struct{ error }

// TestUnknownErrors: an error that nobody knows is a failed connection where none was got, the
// gateway's own refusal where nothing was asked for, and never "something came back".
func TestUnknownErrors(t *testing.T) {
	t.Parallel()
	dial := func(err error) http.RoundTripper {
		return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	}
	muted := func(base http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			res, err := base.RoundTrip(r)
			if err != nil {
				return nil, mute{err}
			}
			return res, nil
		})
	}
	mutedDial := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, "127.0.0.9:9")
		if err != nil {
			return nil, mute{err}
		}
		return c, nil
	}}
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = proxyTo(t, deadUpstream).ErrorLog
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	answers := serve(t, http.NotFoundHandler())
	for _, c := range []struct {
		name, target string
		base         http.RoundTripper
		want         diagnosis.Type
		phase        diagnosis.Phase
		outcome      diagnosis.Outcome
	}{
		{"a dialler's", deadUpstream, dial(errNobodys), diagnosis.ConnectionTerminated, diagnosis.Connect, diagnosis.NotSent},
		{"a dead tunnel's", deadUpstream, dial(io.EOF), diagnosis.ConnectionTerminated, diagnosis.Connect, diagnosis.NotSent},
		{"an errno of a dialler's", deadUpstream, dial(fmt.Errorf("agent: %w", syscall.EHOSTUNREACH)), diagnosis.DestinationIPUnroutable, diagnosis.Connect, diagnosis.NotSent},
		{"a dialler's that hides a refusal", "http://upstream.invalid", mutedDial, diagnosis.ConnectionRefused, diagnosis.Connect, diagnosis.NotSent},
		{"a RoundTripper's that hides a refusal", deadUpstream, muted(new(http.Transport)), diagnosis.ConnectionRefused, diagnosis.Connect, diagnosis.NotSent},
		{"a RoundTripper's that hides a look-up", "http://no-such-host.invalid", muted(new(http.Transport)), diagnosis.DNSError, diagnosis.Lookup, diagnosis.NotSent},
		{"a RoundTripper's that hides a certificate", untrusted.URL, muted(new(http.Transport)), diagnosis.TLSCertificateError, diagnosis.Connect, diagnosis.NotSent},
		{"a RoundTripper's that asked nobody", deadUpstream, roundTrip(func(*http.Request) (*http.Response, error) { return nil, errNobodys }), diagnosis.ProxyInternalError, "", diagnosis.OutcomeUnknown},
		{"a RoundTripper's that had an answer", answers.URL, roundTrip(func(r *http.Request) (*http.Response, error) {
			res, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				_ = res.Body.Close()
			}
			return nil, errors.New("giving up")
		}), diagnosis.ProxyInternalError, "", diagnosis.Answered},
	} {
		t.Run(c.name, func(t *testing.T) {
			report, reported := incidents()
			p := proxyTo(t, c.target)
			p.Transport = c.base
			got := send(t, http.MethodPost, serve(t, newMiddleware(t, middleware.Config{OnFailure: report}).Proxy(p)).URL, "order=1", "Accept: text/html")
			i := <-reported
			if i.Type != c.want || i.Phase != c.phase || i.Outcome != c.outcome || i.Party != diagnosis.Site || got.status != 502 || i.Hint == "" {
				t.Errorf("status %d, %s at %q, outcome %q, hint %q for %v", got.status, i.Type, i.Phase, i.Outcome, i.Hint, chain(i.Err))
			}
			if strings.Contains(got.body, "Something came back") {
				t.Error("the page says that something came back")
			}
		})
	}
}

// TestModifyResponsesError keeps the meaning that it has for a ReverseProxy: 502.
func TestModifyResponsesError(t *testing.T) {
	t.Parallel()
	answers := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	for _, c := range []struct {
		name   string
		err    error
		status int
		want   diagnosis.Type
	}{
		{"its own words", errNobodys, 502, diagnosis.ProxyInternalError},
		{"of a known type", io.ErrUnexpectedEOF, 502, diagnosis.ProxyInternalError},
		{"a deadline of its own", context.DeadlineExceeded, 502, diagnosis.ProxyInternalError},
		{"a word for us", &diagnosis.Error{Type: diagnosis.HTTPResponseBodySize}, 502, diagnosis.HTTPResponseBodySize},
		{"a word for us, wrapped", fmt.Errorf("x: %w", &diagnosis.Error{Type: diagnosis.DestinationUnavailable}), 503, diagnosis.DestinationUnavailable},
		{"a word for us that is no word", &diagnosis.Error{}, 500, diagnosis.ProxyInternalError},
	} {
		t.Run(c.name, func(t *testing.T) {
			report, reported := incidents()
			p := proxyTo(t, answers.URL)
			p.ModifyResponse = func(*http.Response) error { return c.err }
			got := send(t, http.MethodPost, serve(t, newMiddleware(t, middleware.Config{OnFailure: report}).Proxy(p)).URL, "order=1", "Accept: text/html")
			if i := <-reported; got.status != c.status || i.Type != c.want || i.Outcome != diagnosis.Answered || i.Party != diagnosis.Site {
				t.Errorf("status %d, %s, outcome %q", got.status, i.Type, i.Outcome)
			}
			if strings.Contains(got.body, "Not reached") {
				t.Error("the page says that the site was not reached")
			}
		})
	}
}

// TestAnswerBeforeTheUploadEnds: once an answer begins net/http's server reads the rest of the
// upload away and closes it, under a transport that still wants it and breaks the answer off.
// That is not the visitor's network.
func TestAnswerBeforeTheUploadEnds(t *testing.T) {
	t.Parallel()
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		_, _ = io.ReadFull(r.Body, make([]byte, 10))
		w.Header().Set("Content-Length", "100000")
		_, _ = io.WriteString(w, strings.Repeat("x", 50_000))
		_ = http.NewResponseController(w).Flush()
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			_, _ = io.WriteString(w, strings.Repeat("x", 50_000))
		}
	}))
	report, reported := incidents()
	gateway := serve(t, newMiddleware(t, middleware.Config{OnFailure: report}).Proxy(proxyTo(t, upstream.URL)))
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	for range 50 {
		in, out := io.Pipe()
		go func() {
			_, _ = out.Write(bytes.Repeat([]byte("a"), 20))
			time.Sleep(5 * time.Millisecond)
			_, _ = out.Write(bytes.Repeat([]byte("a"), 50_000))
			_ = out.Close()
		}()
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, gateway.URL, in)
		req.ContentLength = 50_020
		res, err := transport.RoundTrip(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		select {
		case i := <-reported:
			if i.Party != diagnosis.Site || i.Type != diagnosis.ProxyInternalError || !strings.Contains(i.Hint, "EnableFullDuplex") {
				t.Errorf("%s by %q for %v, hint %q", i.Type, i.Party, chain(i.Err), i.Hint)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Skip("the transport read the upload to its end each time")
}

// TestUpstreamWithoutAScheme: the transport sets it, so that the record names what is known.
func TestUpstreamWithoutAScheme(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{"//127.0.0.9:9": "127.0.0.9:9", "http://127.0.0.9:9": "http://127.0.0.9:9", "": ""} {
		report, reported := incidents()
		p := proxyTo(t, deadUpstream)
		p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.URL, _ = url.Parse(deadUpstream)
			return http.DefaultTransport.RoundTrip(r)
		})
		p.Rewrite = func(r *httputil.ProxyRequest) {
			if r.Out.URL, _ = url.Parse(target); target == "" {
				r.Out.URL = nil
			}
		}
		gateway := serve(t, newMiddleware(t, middleware.Config{OnFailure: report}).Proxy(p))
		send(t, http.MethodGet, gateway.URL, "")
		if i := <-reported; i.Upstream != want || i.Type != diagnosis.ConnectionRefused {
			t.Errorf("target %q: upstream %q, %s, want %q", target, i.Upstream, i.Type, want)
		}
	}
	answers := serve(t, http.NotFoundHandler())
	p := proxyTo(t, deadUpstream)
	p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		return http.DefaultTransport.RoundTrip(outbound(r, answers.URL))
	})
	p.Rewrite = func(r *httputil.ProxyRequest) { r.Out.URL = nil }
	gateway := serve(t, newMiddleware(t, middleware.Config{FailFast: time.Second}).Proxy(p))
	if got := send(t, http.MethodGet, gateway.URL, ""); got.status != http.StatusNotFound {
		t.Errorf("status %d of an upstream that answers, though the outbound request had no URL", got.status)
	}
}

// TestErrorsThatCannotBeAsked: such an error costs neither the answer nor the process.
func TestErrorsThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"its methods panic":      rude{},
		"a nil pointer":          (*url.Error)(nil),
		"a nil error of ours":    (*diagnosis.Error)(nil),
		"one cannot be compared": many{errNobodys},
		"in one that can":        fmt.Errorf("%w", many{errNobodys}),
	} {
		for place, base := range map[string]http.RoundTripper{
			"RoundTripper": roundTrip(func(*http.Request) (*http.Response, error) { return nil, err }),
			"dialler":      &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }},
		} {
			t.Run(name+", "+place, func(t *testing.T) {
				report, reported := incidents()
				p := proxyTo(t, deadUpstream)
				p.Transport = base
				log := slog.New(slog.NewTextHandler(io.Discard, nil)) // it wants the error's words
				got := send(t, http.MethodPost, serve(t, newMiddleware(t, middleware.Config{OnFailure: report, Logger: log}).Proxy(p)).URL, "order=1", "Accept: text/html")
				if got.status < 500 || got.err != nil {
					t.Fatalf("status %d: %v", got.status, got.err)
				}
				if i := <-reported; (i.Outcome == diagnosis.NotSent) != (place == "dialler") {
					t.Errorf("outcome %q", i.Outcome)
				}
			})
		}
	}
}

type rude struct{}

func (rude) Error() string { panic("Error") }
func (rude) Is(error) bool { panic("Is") }
func (rude) As(any) bool   { panic("As") }
func (rude) Unwrap() error { panic("Unwrap") }

type many []error

func (many) Error() string { return "many" }
