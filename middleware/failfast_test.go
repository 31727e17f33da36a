package middleware_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A wireTo is the way to an upstream, which can be cut. It counts who tries.
type wireTo struct {
	dials atomic.Int64
	mu    sync.Mutex
	fault error         // of the next dials; nil: there is a connection
	hold  chan struct{} // where a dial waits
}

func (l *wireTo) set(fault error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = fault
}

func (l *wireTo) dial(ctx context.Context, network, address string) (net.Conn, error) {
	l.dials.Add(1)
	l.mu.Lock()
	fault, hold := l.fault, l.hold
	l.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if fault != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fault}
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// ticking is a clock that tests move.
type ticking struct{ at atomic.Int64 }

func (c *ticking) now() time.Time       { return time.Unix(1_800_000_000, c.at.Load()) }
func (c *ticking) pass(d time.Duration) { c.at.Add(int64(d)) }

// fastGateway is a proxy before an upstream that works, over the line.
func fastGateway(t *testing.T, l *wireTo, clock *ticking, change func(*middleware.Config)) string {
	t.Helper()
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "fine") }))
	config := middleware.Config{FailFast: time.Second, Now: clock.now, Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&config)
	}
	proxy := proxyTo(t, upstream.URL)
	proxy.Transport = &http.Transport{DialContext: l.dial, DisableKeepAlives: true}
	return serve(t, newMiddleware(t, config).Proxy(proxy)).URL
}

var errRefused error = syscall.ECONNREFUSED

// TestFailFast: an upstream that cannot be connected to is left in peace for a moment.
func TestFailFast(t *testing.T) {
	t.Parallel()
	t.Run("after three failures in a row nobody tries for a moment, then one", func(t *testing.T) {
		l, clock := &wireTo{fault: errRefused}, &ticking{}
		gateway := fastGateway(t, l, clock, nil)
		for i, want := range []int64{1, 2, 3, 3, 3, 3} {
			if got := get(t, gateway, "Accept: application/json"); got.status != 502 || l.dials.Load() != want {
				t.Errorf("request %d: status %d, %d tries, want %d", i+1, got.status, l.dials.Load(), want)
			}
		}
		clock.pass(1250 * time.Millisecond)
		for i, want := range []int64{4, 4} {
			if got := get(t, gateway); got.status != 502 || l.dials.Load() != want {
				t.Errorf("later request %d: status %d, %d tries, want %d", i+1, got.status, l.dials.Load(), want)
			}
		}
	})
	t.Run("the moment is not the same everywhere, and between three and five quarters of what was asked for", func(t *testing.T) {
		l, clock := &wireTo{fault: errRefused}, &ticking{}
		gateway := fastGateway(t, l, clock, nil)
		for range 4 {
			get(t, gateway)
		}
		clock.pass(749 * time.Millisecond)
		get(t, gateway)
		if n := l.dials.Load(); n != 3 {
			t.Errorf("%d tries, want 3", n)
		}
	})
	t.Run("the answer is the same, and marked in JSON and log", func(t *testing.T) {
		l, clock := &wireTo{fault: errRefused}, &ticking{}
		var log lockedBuffer
		gateway := fastGateway(t, l, clock, func(c *middleware.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		var first, last map[string]any
		for i := range 4 {
			got := send(t, http.MethodPost, gateway, "a=b", "Accept: application/json")
			var p map[string]any
			if err := json.Unmarshal([]byte(got.body), &p); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = p
			}
			last = p
		}
		for _, name := range []string{"status", "error", "phase", "party", "outcome", "title", "detail", "retryable"} {
			if name != "detail" && first[name] != last[name] {
				t.Errorf("%s was %v and is %v", name, first[name], last[name])
			}
		}
		if first["fail_fast"] != nil || last["fail_fast"] != true || last["outcome"] != "not_sent" {
			t.Errorf("first %v, last %v", first, last)
		}
		if n := strings.Count(log.String(), "fail_fast=true"); n != 1 {
			t.Errorf("%d marks in the log:\n%s", n, &log)
		}
	})
	t.Run("the first connection ends it", func(t *testing.T) {
		l, clock := &wireTo{fault: errRefused}, &ticking{}
		gateway := fastGateway(t, l, clock, nil)
		for range 5 {
			get(t, gateway)
		}
		l.set(nil)
		if got := get(t, gateway); got.status != 502 {
			t.Errorf("status %d before the moment is over", got.status)
		}
		clock.pass(2 * time.Second)
		for range 3 {
			if got := get(t, gateway); got.status != 200 {
				t.Errorf("status %d", got.status)
			}
		}
		l.set(errRefused)
		before := l.dials.Load()
		get(t, gateway)
		get(t, gateway)
		if n := l.dials.Load() - before; n != 2 {
			t.Errorf("%d tries for the first two failures after a success, want 2", n)
		}
	})
	t.Run("while one tries the others do not wait", func(t *testing.T) {
		l, clock := &wireTo{fault: errRefused}, &ticking{}
		gateway := fastGateway(t, l, clock, nil)
		for range 3 {
			get(t, gateway)
		}
		clock.pass(2 * time.Second)
		hold := make(chan struct{})
		l.mu.Lock()
		l.hold = hold
		l.mu.Unlock()
		trial := make(chan reply)
		go func() { trial <- get(t, gateway) }()
		for l.dials.Load() < 4 {
			time.Sleep(time.Millisecond)
		}
		for range 5 {
			if got := get(t, gateway); got.status != 502 {
				t.Errorf("status %d", got.status)
			}
		}
		if n := l.dials.Load(); n != 4 {
			t.Errorf("%d tries, want 4", n)
		}
		close(hold)
		<-trial
	})
}

// TestFailFastOneTries: a request from before that ends otherwise does not end the try of
// another one.
func TestFailFastOneTries(t *testing.T) {
	t.Parallel()
	l, clock := &wireTo{}, &ticking{}
	gateway := fastGateway(t, l, clock, nil)
	dialling := func(fault error) (release chan struct{}, done chan reply) {
		release, done = make(chan struct{}), make(chan reply, 1)
		l.mu.Lock()
		l.fault, l.hold = fault, release
		l.mu.Unlock()
		before := l.dials.Load()
		go func() { done <- get(t, gateway) }()
		for l.dials.Load() == before {
			time.Sleep(time.Millisecond)
		}
		l.mu.Lock()
		l.fault, l.hold = errRefused, nil
		l.mu.Unlock()
		return release, done
	}
	early, earlyDone := dialling(context.DeadlineExceeded)
	for range 3 {
		get(t, gateway)
	}
	clock.pass(2 * time.Second)
	trial, trialDone := dialling(errRefused)
	close(early)
	<-earlyDone
	get(t, gateway)
	if n := l.dials.Load(); n != 5 {
		t.Errorf("%d tries, want 5: one from before, three failures, and the one that tries now", n)
	}
	close(trial)
	<-trialDone
}

// TestFailFastNever: where each request is tried.
func TestFailFastNever(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fault  error
		change func(*middleware.Config)
	}{
		{"by default", errRefused, func(c *middleware.Config) { c.FailFast = 0 }},
		{"for a gateway of the visitor's side", errRefused, func(c *middleware.Config) { c.Side = diagnosis.SideVisitor }},
		{"for a timeout", context.DeadlineExceeded, nil},
		{"for a shortage of the gateway's own", syscall.EMFILE, nil},
		{"for an unknown error of the dialler", errors.New("the moon is full"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, clock := &wireTo{fault: tt.fault}, &ticking{}
			gateway := fastGateway(t, l, clock, tt.change)
			for range 6 {
				get(t, gateway)
			}
			if n := l.dials.Load(); n != 6 {
				t.Errorf("%d tries of 6", n)
			}
		})
	}
	t.Run("for a transport without a proxy of ours", func(t *testing.T) {
		l := &wireTo{fault: errRefused}
		mw := newMiddleware(t, middleware.Config{FailFast: time.Second})
		proxy := proxyTo(t, deadUpstream)
		proxy.Transport, proxy.ErrorHandler = mw.Transport(&http.Transport{DialContext: l.dial}), mw.ErrorHandler
		gateway := serve(t, mw.Wrap(proxy))
		for range 6 {
			get(t, gateway.URL)
		}
		if n := l.dials.Load(); n != 6 {
			t.Errorf("%d tries of 6", n)
		}
	})
	t.Run("for what was connected and then failed", func(t *testing.T) {
		l, clock := &wireTo{}, &ticking{}
		upstream := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		proxy := proxyTo(t, upstream.URL)
		proxy.Transport = &http.Transport{DialContext: l.dial, DisableKeepAlives: true}
		gateway := serve(t, newMiddleware(t, middleware.Config{FailFast: time.Second, Now: clock.now}).Proxy(proxy))
		for range 6 {
			get(t, gateway.URL)
		}
		if n := l.dials.Load(); n < 6 {
			t.Errorf("%d tries of 6", n)
		}
	})
}

// TestFailFastKeys: what one upstream does is nothing to another, and the memory is bounded.
func TestFailFastKeys(t *testing.T) {
	t.Parallel()
	l := &wireTo{fault: errRefused}
	mw := newMiddleware(t, middleware.Config{FailFast: time.Minute, Logger: slog.New(slog.DiscardHandler)})
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{DialContext: l.dial},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: r.In.URL.Query().Get("to")})
		},
	}
	gateway := serve(t, mw.Proxy(proxy))
	ask := func(to string) { get(t, gateway.URL+"/?to="+to) }
	for range 5 {
		ask("127.0.0.9:9")
	}
	ask("127.0.0.9:10")
	if n := l.dials.Load(); n != 4 {
		t.Errorf("%d tries, want 3 of one and 1 of the other", n)
	}
}
