package middleware_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestRecheck: who cannot connect again and again looks closer, once a minute.
func TestRecheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		upstream string
		requests int
		want     string // in the log; empty: nothing is checked
	}{
		{"one failure may be chance", deadUpstream, 1, ""},
		{"a dead upstream", deadUpstream, 20, `result=broken verdict="Broken: connect (connection_refused) on 127.0.0.9:9."`},
		{"a name that is not known", "http://no-such-host.invalid", 3, "result=broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log lockedBuffer
			gateway := serve(t, newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}).Proxy(proxyTo(t, c.upstream)))
			for range c.requests {
				get(t, gateway.URL)
			}
			checks := func() int {
				log.mu.Lock()
				defer log.mu.Unlock()
				return strings.Count(log.buf.String(), "upstream checked again")
			}
			wanted := min(1, len(c.want))
			for deadline := time.Now().Add(20 * time.Second); checks() < wanted && time.Now().Before(deadline); {
				time.Sleep(10 * time.Millisecond)
			}
			if n := checks(); n != wanted || !strings.Contains(log.buf.String(), c.want) {
				t.Errorf("%d checks, want %d with %q:\n%s", n, wanted, c.want, log.buf.String())
			}
		})
	}
}

// TestRecheckGoesNowhereElse: a transport with a dialler or a forward proxy of its own is
// left alone.
func TestRecheckGoesNowhereElse(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	p := proxyTo(t, "http://app.internal")
	p.Transport.(*http.Transport).DialContext = dialTo(strings.TrimPrefix(deadUpstream, "http://"))
	gateway := serve(t, newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}).Proxy(p))
	for range 10 {
		get(t, gateway.URL)
	}
	gateway.Close()
	if strings.Contains(log.buf.String(), "checked again") {
		t.Error(log.buf.String())
	}
}

// TestRecheckGoesOnlyWhereTheTransportMay: a net.Dialer that forbids addresses forbids them
// to the gateway's second look too, and looks names up there as it does.
func TestRecheckGoesOnlyWhereTheTransportMay(t *testing.T) {
	t.Parallel()
	forbids := func(string, string, syscall.RawConn) error { return errors.New("inner addresses are forbidden") }
	refuses := func(string, string, syscall.RawConn) error {
		return os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	for _, c := range []struct {
		name   string
		change func(*http.Transport)
		host   string // in the place of the service's address
		want   string // in the log; empty: nobody looks again
	}{
		{"a Control that forbids", func(t *http.Transport) { t.DialContext = (&net.Dialer{Control: forbids}).DialContext }, "", ""},
		{"a Control that seems to be refused", func(t *http.Transport) { t.DialContext = (&net.Dialer{Control: refuses}).DialContext }, "", "result=broken"},
		{"a Control that panics when no request is there", func(t *http.Transport) {
			t.DialContext = (&net.Dialer{ControlContext: func(ctx context.Context, _, _ string, _ syscall.RawConn) error {
				if httptrace.ContextClientTrace(ctx) == nil {
					panic("on purpose")
				}
				return refuses("", "", nil)
			}}).DialContext
		}, "", "result=broken"},
		{"a resolver of one's own", func(t *http.Transport) {
			none := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no way to this resolver")
			}}
			t.DialContext = (&net.Dialer{Resolver: none}).DialContext
		}, "localhost.", "lookup"},
		{"a dialler of one's own that dials the same", func(t *http.Transport) {
			t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				return (&net.Dialer{Control: refuses}).DialContext(ctx, network, address)
			}
		}, "", ""},
		//lint:ignore SA1019 somebody may still have it
		{"an old dialler", func(t *http.Transport) { t.Dial = (&net.Dialer{Control: refuses}).Dial }, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			came := make(chan net.Conn, 8)
			service, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer service.Close()
			go func() {
				for {
					conn, err := service.Accept()
					if err != nil {
						return
					}
					came <- conn
					conn.Close()
				}
			}()
			var log lockedBuffer
			host := service.Addr().String()
			if c.host != "" {
				_, port, _ := net.SplitHostPort(host)
				host = net.JoinHostPort(c.host, port)
			}
			p := proxyTo(t, "http://"+host)
			c.change(p.Transport.(*http.Transport))
			gateway := serve(t, newMiddleware(t, middleware.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}).Proxy(p))
			for range 4 {
				get(t, gateway.URL)
			}
			wait := 300 * time.Millisecond // as long as nothing is to come
			if c.want != "" {
				wait = patience
			}
			looked := func() bool { return strings.Contains(log.String(), "checked again") }
			for deadline := time.Now().Add(wait); !looked() && time.Now().Before(deadline); {
				time.Sleep(10 * time.Millisecond)
			}
			if len(came) > 0 || looked() != (c.want != "") || !strings.Contains(log.String(), c.want) {
				t.Errorf("%d connections; log %s", len(came), log.String())
			}
		})
	}
}
