package middleware_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
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

// A wireTo is an upstream that works, and the way to it, which can be cut. It counts who
// tries, by a net.Dialer's ControlContext: no dialler of the program's own is in the way.
type wireTo struct {
	dials   atomic.Int64
	address string
	handler http.Handler
	mu      sync.Mutex
	server  net.Listener  // nil: nobody listens
	fault   error         // of the next dials; nil: the gateway has nothing against them
	hold    chan struct{} // where a dial waits
}

var lastWire atomic.Int64

// newWire has an address of its own, so that nobody else listens there meanwhile.
func newWire(t *testing.T, fault error) *wireTo {
	t.Helper()
	n := lastWire.Add(1)
	l := &wireTo{address: fmt.Sprintf("127.8.%d.%d:8502", n/250, n%250+1)}
	l.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "fine") })
	l.set(t, fault)
	t.Cleanup(func() { l.set(t, errRefused) })
	return l
}

// set has the upstream listen, and not where the fault is errRefused.
func (l *wireTo) set(t *testing.T, fault error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = fault
	if fault == errRefused { // it stands for itself
		l.fault = nil
	}
	listens := l.fault == fault
	switch {
	case !listens && l.server != nil:
		l.server.Close()
		l.server = nil
	case listens && l.server == nil:
		listener, err := net.Listen("tcp", l.address)
		if err != nil {
			t.Error(err)
			return
		}
		l.server = listener
		go (&http.Server{Handler: l.handler, ErrorLog: log.New(io.Discard, "", 0)}).Serve(listener)
	}
}

func (l *wireTo) control(ctx context.Context, _, _ string, _ syscall.RawConn) error {
	if httptrace.ContextClientTrace(ctx) == nil {
		return nil // no request dials: the gateway looks at the upstream again
	}
	l.dials.Add(1)
	l.mu.Lock()
	fault, hold := l.fault, l.hold
	l.mu.Unlock()
	if hold != nil {
		<-hold
	}
	return fault
}

// proxy is one to the upstream, over a transport that keeps no connection.
func (l *wireTo) proxy(t *testing.T) *httputil.ReverseProxy {
	proxy := proxyTo(t, "http://"+l.address)
	proxy.Transport = &http.Transport{DialContext: (&net.Dialer{ControlContext: l.control}).DialContext, DisableKeepAlives: true}
	return proxy
}

// ticking is a clock that tests move.
type ticking struct{ at atomic.Int64 }

func (c *ticking) now() time.Time       { return time.Unix(1_800_000_000, c.at.Load()) }
func (c *ticking) pass(d time.Duration) { c.at.Add(int64(d)) }

// fastGateway is a proxy before an upstream that works, over the line.
func fastGateway(t *testing.T, l *wireTo, clock *ticking, change func(*middleware.Config)) string {
	t.Helper()
	config := middleware.Config{FailFast: time.Second, Now: clock.now, Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&config)
	}
	return serve(t, newMiddleware(t, config).Proxy(l.proxy(t))).URL
}

var errRefused error = syscall.ECONNREFUSED

// TestFailFast: an upstream that cannot be connected to is left in peace for a moment.
func TestFailFast(t *testing.T) {
	t.Parallel()
	t.Run("after three failures in a row nobody tries for a moment, then one", func(t *testing.T) {
		l, clock := newWire(t, errRefused), &ticking{}
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
		l, clock := newWire(t, errRefused), &ticking{}
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
		l, clock := newWire(t, errRefused), &ticking{}
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
		for deadline := time.Now().Add(patience); strings.Count(log.String(), "upstream failed") < 4 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond) // a record comes after the answer
		}
		if n := strings.Count(log.String(), "fail_fast=true"); n != 1 {
			t.Errorf("%d marks in the log:\n%s", n, &log)
		}
	})
	t.Run("the first connection ends it", func(t *testing.T) {
		l, clock := newWire(t, errRefused), &ticking{}
		gateway := fastGateway(t, l, clock, nil)
		for range 5 {
			get(t, gateway)
		}
		l.set(t, nil)
		if got := get(t, gateway); got.status != 502 {
			t.Errorf("status %d before the moment is over", got.status)
		}
		clock.pass(2 * time.Second)
		for range 3 {
			if got := get(t, gateway); got.status != 200 {
				t.Errorf("status %d", got.status)
			}
		}
		l.set(t, errRefused)
		before := l.dials.Load()
		get(t, gateway)
		get(t, gateway)
		if n := l.dials.Load() - before; n != 2 {
			t.Errorf("%d tries for the first two failures after a success, want 2", n)
		}
	})
	t.Run("while one tries the others do not wait", func(t *testing.T) {
		l, clock := newWire(t, errRefused), &ticking{}
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
	l, clock := newWire(t, nil), &ticking{}
	gateway := fastGateway(t, l, clock, nil)
	dialling := func(fault error) (release chan struct{}, done chan reply) {
		release, done = make(chan struct{}), make(chan reply, 1)
		l.mu.Lock()
		l.hold = release
		l.mu.Unlock()
		l.set(t, fault)
		before := l.dials.Load()
		go func() { done <- get(t, gateway) }()
		for l.dials.Load() == before {
			time.Sleep(time.Millisecond)
		}
		l.mu.Lock()
		l.hold = nil
		l.mu.Unlock()
		l.set(t, errRefused)
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
			l, clock := newWire(t, tt.fault), &ticking{}
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
		l := newWire(t, errRefused)
		mw := newMiddleware(t, middleware.Config{FailFast: time.Second})
		proxy := l.proxy(t)
		proxy.Transport, proxy.ErrorHandler = mw.Transport(proxy.Transport), mw.ErrorHandler
		gateway := serve(t, mw.Wrap(proxy))
		for range 6 {
			get(t, gateway.URL)
		}
		if n := l.dials.Load(); n != 6 {
			t.Errorf("%d tries of 6", n)
		}
	})
	t.Run("for what was connected and then failed", func(t *testing.T) {
		l, clock := newWire(t, nil), &ticking{}
		l.handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		l.set(t, errRefused)
		l.set(t, nil)
		gateway := fastGateway(t, l, clock, nil)
		for range 6 {
			get(t, gateway)
		}
		if n := l.dials.Load(); n < 6 {
			t.Errorf("%d tries of 6", n)
		}
	})
}

// TestFailFastKeys: what one upstream does is nothing to another, and the memory is bounded.
func TestFailFastKeys(t *testing.T) {
	t.Parallel()
	l := newWire(t, errRefused)
	mw := newMiddleware(t, middleware.Config{FailFast: time.Minute, Logger: slog.New(slog.DiscardHandler)})
	proxy := &httputil.ReverseProxy{
		Transport: l.proxy(t).Transport,
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

// TestFailFastOfProxies: two proxies over one transport fail alike, and two transports do not:
// another one may have another way.
func TestFailFastOfProxies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		same bool
		want int64
	}{{"one transport", true, 3}, {"two transports", false, 6}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newWire(t, errRefused)
			mw := newMiddleware(t, middleware.Config{FailFast: time.Minute, Logger: slog.New(slog.DiscardHandler)})
			first, second := l.proxy(t), l.proxy(t)
			if c.same {
				second.Transport = first.Transport
			}
			for _, gateway := range []string{serve(t, mw.Proxy(first)).URL, serve(t, mw.Proxy(second)).URL} {
				for range 5 {
					get(t, gateway)
				}
			}
			if n := l.dials.Load(); n != c.want {
				t.Errorf("%d tries, want %d", n, c.want)
			}
		})
	}
}

// TestFailFastEndsWithTheFirstConnection: however long the request takes that got it.
func TestFailFastEndsWithTheFirstConnection(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(line){
		"a slow upload":             func(l line) { l.send(upload("Content-Length: 1000") + "x") },
		"a slow upload in chunks":   func(l line) { l.send(upload("Transfer-Encoding: chunked") + "1\r\nx\r\n") },
		"an answer that is awaited": func(l line) { l.send("GET /poll HTTP/1.1\r\nHost: x\r\n\r\n") },
		"an answer that goes on":    func(l line) { l.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newWire(t, errRefused), &ticking{}
			var served atomic.Int64
			l.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				served.Add(1)
				switch r.URL.Path {
				case "/poll":
					<-r.Context().Done()
				case "/stream":
					w.(http.Flusher).Flush()
					<-r.Context().Done()
				}
				io.Copy(io.Discard, r.Body)
				fmt.Fprint(w, "fine")
			})
			gateway := fastGateway(t, l, clock, nil)
			for range 4 {
				get(t, gateway)
			}
			l.set(t, nil)
			clock.pass(2 * time.Second)
			slow := dialLine(t, gateway)
			begin(slow)
			for deadline := time.Now().Add(patience); served.Load() == 0 && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			for range 3 {
				if got := get(t, gateway); got.status != 200 {
					t.Errorf("status %d while the upstream works", got.status)
				}
			}
			slow.Close()
		})
	}
}

// TestFailFastTriesAgain: a request that tries for all and finds nothing out, or not soon, is
// followed by another one.
func TestFailFastTriesAgain(t *testing.T) {
	t.Parallel()
	l, clock := newWire(t, errRefused), &ticking{}
	gateway := fastGateway(t, l, clock, nil)
	for range 3 {
		get(t, gateway)
	}
	clock.pass(2 * time.Second)
	l.set(t, syscall.EMFILE)
	get(t, gateway)
	get(t, gateway)
	if n := l.dials.Load(); n != 5 {
		t.Errorf("%d tries, want 5: three failures, and two that found nothing out", n)
	}
	l.set(t, nil)
	release := make(chan struct{})
	l.mu.Lock()
	l.hold = release
	l.mu.Unlock()
	hanging := make(chan reply, 1)
	go func() { hanging <- get(t, gateway) }()
	for l.dials.Load() < 6 {
		time.Sleep(time.Millisecond)
	}
	l.mu.Lock()
	l.hold = nil
	l.mu.Unlock()
	clock.pass(2 * time.Second)
	if got := get(t, gateway); got.status != 200 {
		t.Errorf("status %d although the one that tries takes long", got.status)
	}
	close(release)
	<-hanging
}

// TestRequestsThatChooseTheirWay: what they bring about is told to nobody else.
func TestRequestsThatChooseTheirWay(t *testing.T) {
	t.Parallel()
	up := serve(t, text(200, "fine"))
	upstream, evil := up.Listener.Addr().String(), func(ctx context.Context) bool { return ctx.Value(tenantKey{}) == "evil" }
	via := func(target string) *url.URL { return &url.URL{Scheme: "http", Host: target} }
	const dead = "127.0.0.9:9"
	var asked atomic.Int64
	for name, change := range map[string]func(*http.Transport){
		"a dialler that looks at the request": func(tr *http.Transport) {
			tr.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				if evil(ctx) {
					address = dead
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}
		},
		"a Proxy function that looks at the request": func(tr *http.Transport) {
			tr.Proxy = func(r *http.Request) (*url.URL, error) {
				asked.Add(1)
				if evil(r.Context()) {
					return via(dead), nil
				}
				return nil, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := proxyTo(t, "http://"+upstream)
			transport := &http.Transport{DisableKeepAlives: true}
			change(transport)
			proxy.Transport = transport
			var log lockedBuffer
			inner := newMiddleware(t, middleware.Config{FailFast: time.Minute, Logger: slog.New(slog.NewTextHandler(&log, nil))}).Proxy(proxy)
			gateway := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, r.Host)))
			}))
			for range 5 {
				if got := get(t, gateway.URL, "Host: evil"); got.status != 502 {
					t.Errorf("status %d for who goes astray", got.status)
				}
			}
			if got := get(t, gateway.URL, "Host: shop"); got.status != 200 {
				t.Errorf("status %d for another visitor", got.status)
			}
			if !strings.Contains(log.String(), "FailFast is off") {
				t.Error("the operator is not told")
			}
		})
	}
	if n := asked.Load(); n != 6 {
		t.Errorf("the Proxy function was asked %d times for 6 requests", n)
	}
}
