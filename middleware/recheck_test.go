package middleware_test

import (
	"log/slog"
	"net/http"
	"strings"
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
