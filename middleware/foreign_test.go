package middleware_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// panickingLog is a slog.Handler of a program whose log is broken.
type panickingLog struct{ slog.Handler }

func (panickingLog) Enabled(context.Context, slog.Level) bool  { return true }
func (panickingLog) Handle(context.Context, slog.Record) error { panic("no log") }
func (panickingLog) WithAttrs([]slog.Attr) slog.Handler        { panic("no log") }
func (l panickingLog) WithGroup(string) slog.Handler           { return l }

// TestFunctionsThatPanic: what the host program put into the Config costs neither the
// answer nor the report of a failure.
func TestFunctionsThatPanic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*middleware.Config)
		told   string // in the log
	}{
		{"BrandOf", func(c *middleware.Config) {
			c.BrandOf, c.Brands = func(*http.Request) string { panic("no brand") }, map[string]pages.Brand{"a": {Site: "Other"}}
		}, "Config.BrandOf panicked"},
		{"Skip", func(c *middleware.Config) { c.Skip = func(*http.Request) bool { panic("no") } }, "Config.Skip panicked"},
		{"Now", func(c *middleware.Config) { c.Now = func() time.Time { panic("no clock") } }, "Config.Now panicked"},
		{"OnFailure", func(c *middleware.Config) {
			c.OnFailure = func(*http.Request, *middleware.Incident) { panic("no report") }
		}, "Config.OnFailure panicked"},
		{"Logger", func(c *middleware.Config) { c.Logger = slog.New(panickingLog{slog.DiscardHandler}) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			config := middleware.Config{Brand: pages.Brand{Site: "Example Shop"}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			c.change(&config)
			gateway := serve(t, newMiddleware(t, config).Proxy(proxyTo(t, deadUpstream)))
			got := get(t, gateway.URL, "Accept: text/html")
			gateway.Close()
			if got.status != 502 || got.err != nil || !strings.Contains(got.body, "Example Shop") || !strings.HasSuffix(got.body, "</html>") {
				t.Errorf("status %d, %v, body %.60q", got.status, got.err, got.body)
			}
			if record := log.String(); !strings.Contains(record, c.told) || c.told != "" && !strings.Contains(record, "error=connection_refused") {
				t.Errorf("log %s", record)
			}
		})
	}
}

// Errors that a program may return, however badly they are made.
type (
	errNilPointer   struct{ text string }
	errPanics       struct{}
	errUncomparable struct{ parts []string }
)

func (e *errNilPointer) Error() string  { return e.text }
func (errPanics) Error() string         { panic("no text") }
func (errPanics) Is(error) bool         { panic("no is") }
func (errPanics) As(any) bool           { panic("no as") }
func (errPanics) Unwrap() error         { panic("no cause") }
func (errPanics) Timeout() bool         { panic("no timeout") }
func (e errUncomparable) Error() string { return strings.Join(e.parts, " ") }

// TestErrorsThatPanic: they are failures that nobody knows.
func TestErrorsThatPanic(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"a nil pointer":              (*errNilPointer)(nil),
		"a nil pointer, wrapped":     &net.OpError{Op: "dial", Net: "tcp", Err: (*errNilPointer)(nil)},
		"a nil pointer to url.Error": (*url.Error)(nil),
		"methods that panic":         errPanics{},
		"one within another":         errors.Join(errors.New("first"), errPanics{}),
		"one within ours":            &diagnosis.Error{Type: diagnosis.DestinationUnavailable, Err: errPanics{}},
		"one that is not comparable": errUncomparable{[]string{"not", "comparable"}},
	} {
		for way, gateway := range map[string]func(mw *middleware.Middleware) http.Handler{
			"RoundTripper": func(mw *middleware.Middleware) http.Handler {
				return mw.Proxy(trippingProxy(t, func(*http.Request) error { return err }))
			},
			"dialler": func(mw *middleware.Middleware) http.Handler {
				p := proxyTo(t, deadUpstream)
				p.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, err }
				return mw.Proxy(p)
			},
			"ErrorHandler": func(mw *middleware.Middleware) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mw.ErrorHandler(w, r, err) })
			},
		} {
			t.Run(name+" of a "+way, func(t *testing.T) {
				t.Parallel()
				var log lockedBuffer
				mw := newMiddleware(t, middleware.Config{FailFast: time.Second, Logger: slog.New(slog.NewTextHandler(&log, nil))})
				s := serve(t, gateway(mw))
				got := get(t, s.URL, "Accept: application/json")
				s.Close()
				if got.status < 500 || got.body == "" || !strings.Contains(log.String(), "cause=") {
					t.Errorf("status %d, %v, body %.80q, log %s", got.status, got.err, got.body, log.String())
				}
			})
		}
	}
}

type tenantKey struct{}

var pollLink = regexp.MustCompile(`data-status="([^"]*)"`)

// TestProbes: they run in goroutines of ours, with the values of the request that failed and
// without its end, its exchange and its hooks.
func TestProbes(t *testing.T) {
	takesLong(t)
	t.Parallel()
	for _, c := range []struct {
		name  string
		probe func(ctx context.Context) error // as Config.Probe, and as a part of a dialler
		back  bool
	}{
		{"one that panics finds nothing out", func(context.Context) error { panic("on purpose") }, false},
		{"one that ends its goroutine finds nothing out", func(context.Context) error { runtime.Goexit(); return nil }, false},
		{"the request's values are there", func(ctx context.Context) error {
			if ctx.Value(tenantKey{}) != "a" {
				return errors.New("no tenant")
			}
			return nil
		}, true},
		{"the request's end and exchange are not", func(ctx context.Context) error {
			if ctx.Err() != nil || middleware.IncidentOf(ctx) != nil {
				return errors.New("it is another request's")
			}
			return nil
		}, true},
	} {
		for _, way := range []string{"Config.Probe", "dialler"} {
			t.Run(c.name+": "+way, func(t *testing.T) {
				t.Parallel()
				var log lockedBuffer
				var failed atomic.Bool
				config := middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}
				proxy := proxyTo(t, deadUpstream)
				if way == "dialler" {
					up := serve(t, text(200, "fine")).Listener.Addr().String()
					proxy.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
						if !failed.Swap(true) {
							return new(net.Dialer).DialContext(ctx, network, address)
						}
						if err := c.probe(ctx); err != nil {
							return nil, err
						}
						return new(net.Dialer).DialContext(ctx, network, up)
					}
				} else {
					config.Probe = func(ctx context.Context, _ string) error { return c.probe(ctx) }
				}
				inner := newMiddleware(t, config).Proxy(proxy)
				gateway := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, "a")))
				}))
				link := pollLink.FindStringSubmatch(get(t, gateway.URL, "Accept: text/html").body)
				if link == nil {
					t.Fatal("the page does not poll")
				}
				get(t, gateway.URL+link[1])
				back := false
				for deadline := time.Now().Add(2 * time.Second); !back && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
					back = get(t, gateway.URL+link[1]).status == 204
					if !c.back && strings.Contains(log.String(), "panicked") {
						break
					}
				}
				if back != c.back {
					t.Errorf("back: %v, want %v; log %s", back, c.back, log.String())
				}
			})
		}
	}
}
