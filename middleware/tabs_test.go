package middleware_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// pipes is a listener for connections in memory, which the clock of a test can wait for.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
}

func newPipes() *pipes {
	done := make(chan struct{})
	return &pipes{conns: make(chan net.Conn), done: done, close: sync.OnceFunc(func() { close(done) })}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// perSecond counts what happens in each second.
type perSecond struct {
	began time.Time
	mu    sync.Mutex
	n     map[int]int
}

func (p *perSecond) add() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n[int(time.Since(p.began)/time.Second)]++
}

// busiest looks at the seconds from one on, before another.
func (p *perSecond) busiest(from, to int) (most int) {
	for second := from; second < to; second++ {
		most = max(most, p.n[second])
	}
	return most
}

// window returns the first and the last second in which something happens.
func (p *perSecond) window() (first, last int) {
	first = 1 << 30
	for second := range p.n {
		first, last = min(first, second), max(last, second)
	}
	return first, last
}

func (p *perSecond) String() string {
	var b strings.Builder
	first, last := p.window()
	for second := first; second <= last; second++ {
		fmt.Fprintf(&b, "\n%4d s %4d %s", second, p.n[second], strings.Repeat("#", p.n[second]/2))
	}
	return b.String()
}

// A rush is a gateway before upstreams that are down for a while, and the tabs that wait.
type rush struct {
	client    *http.Client
	down      atomic.Bool
	upstream  *pipes
	dials     perSecond // to the upstreams, while they are down
	opened    perSecond
	polls     atomic.Int64
	recovered perSecond // requests that the upstreams answer
}

func newRush(t *testing.T) *rush {
	began := time.Now()
	r := &rush{upstream: newPipes()}
	for _, p := range []*perSecond{&r.dials, &r.opened, &r.recovered} {
		p.began, p.n = began, map[int]int{}
	}
	r.down.Store(true)
	inMemory := func(p *pipes, h http.Handler) {
		s := &http.Server{Handler: h, ErrorLog: discardLog}
		go s.Serve(p)
		t.Cleanup(func() { s.Close() })
	}
	inMemory(r.upstream, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r.recovered.add()
		io.WriteString(w, "fine")
	}))
	outbound := &http.Transport{DialContext: r.dialUpstream}
	front := newPipes()
	inMemory(front, newMiddleware(t, middleware.Config{}).Proxy(&httputil.ReverseProxy{
		Transport: outbound, Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL.Scheme, p.Out.URL.Host = "http", p.In.Host },
	}))
	inbound := &http.Transport{DialContext: front.dial}
	t.Cleanup(func() { inbound.CloseIdleConnections(); outbound.CloseIdleConnections() })
	r.client = &http.Client{Transport: inbound}
	return r
}

func (r *rush) dialUpstream(ctx context.Context, network, address string) (net.Conn, error) {
	if r.down.Load() {
		r.dials.add()
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return r.upstream.dial(ctx, network, address)
}

var askAt = regexp.MustCompile(`data-status="([^"]+)"`)

// tab opens the page, waits as it is told until the upstream is believed back, and opens
// the page again.
func (r *rush) tab(host string) error {
	r.opened.add()
	res, page, err := r.get("http://" + host + "/")
	if err != nil || res.StatusCode != http.StatusBadGateway {
		return fmt.Errorf("the page is not one, error %v: %.200s", err, page)
	}
	link := askAt.FindStringSubmatch(page)
	if link == nil {
		return fmt.Errorf("the page has no link to ask at: %.200s", page)
	}
	for {
		res, _, err := r.get("http://" + host + strings.ReplaceAll(link[1], "&amp;", "&"))
		if err != nil {
			return err
		}
		r.polls.Add(1)
		wait, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		time.Sleep(time.Duration(wait) * time.Second)
		if res.StatusCode == http.StatusNoContent {
			break
		}
		if res.StatusCode != http.StatusServiceUnavailable || wait < 1 {
			return fmt.Errorf("status %d, Retry-After %d", res.StatusCode, wait)
		}
	}
	if _, page, err = r.get("http://" + host + "/"); err != nil || page != "fine" {
		return fmt.Errorf("after the wait: error %v, %.40s", err, page)
	}
	return nil
}

func (r *rush) get(address string) (*http.Response, string, error) {
	req, err := http.NewRequest(http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Accept", "text/html")
	res, err := r.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

// TestWaitingTabs: a thousand tabs wait for upstreams that are down, with a clock of their
// own. They cost the upstreams one connection a second, and do not come back all at once.
func TestWaitingTabs(t *testing.T) {
	takesLong(t)
	const tabs, opening, outage = 1000, 30, 120 // seconds
	for _, c := range []struct {
		name      string
		upstreams int
		probes    int // a second, at the most
	}{
		{"one upstream", 1, 1},
		{"thirty upstreams", 30, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRush(t)
				time.AfterFunc(outage*time.Second, func() { r.down.Store(false) })
				var work sync.WaitGroup
				for i := range tabs {
					work.Go(func() {
						time.Sleep(rand.N(opening * time.Second))
						if err := r.tab(fmt.Sprintf("upstream%d.test", i%c.upstreams)); err != nil {
							t.Error(err)
						}
					})
				}
				work.Wait()
				r.check(t, tabs, opening, outage, c.probes)
			})
		})
	}
}

// check compares with what the upstreams can bear.
func (r *rush) check(t *testing.T, tabs, opening, outage, probes int) {
	for second := range opening { // those who open the page try too
		r.dials.n[second] -= r.opened.n[second]
	}
	all := 0
	for _, n := range r.dials.n {
		all += n
	}
	first, last := r.recovered.window()
	mean := float64(tabs) / float64(last-first+1)
	most := r.recovered.busiest(0, last+1)
	t.Logf("%d polls; %d probes in %d s, at most %d in one second; the site is back at %d s, and the tabs come from %d s to %d s: %.1f a second, at most %d:%s",
		r.polls.Load(), all, outage, r.dials.busiest(0, outage), outage, first, last, mean, most, &r.recovered)
	if n := r.dials.busiest(0, outage); n > probes {
		t.Errorf("%d probes in one second, want at most %d", n, probes)
	}
	if float64(most) > 3*mean {
		t.Errorf("%d tabs come in one second, on average %.1f", most, mean)
	}
}
