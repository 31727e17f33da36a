package middleware_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// TestNotSentIsProven compares what the visitor is told with what the upstream really
// received: who is told "not sent" sends again, and may pay twice. By HTTP/2 an upstream may
// promise that it did not act on what it received; it says so after that.
func TestNotSentIsProven(t *testing.T) {
	takesLong(t)
	t.Parallel()
	for _, c := range upstreamtest.Cases() {
		if c.Method == "" {
			c.Method = http.MethodPost
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			upstream, gateway, incidents := startCase(t, c)
			visitToTheEnd(t, c, gateway.URL)
			i := await(t, c, incidents)
			if received := upstream.Requests(); i != nil && i.Outcome == diagnosis.NotSent && len(received) > 0 && !strings.Contains(i.Hint, "RFC 9113 section 8.7") {
				t.Errorf("told as not sent, yet the upstream received %+v", received)
			}
		})
	}
}

// TestSilentTransportProvesNothing: a RoundTripper that sends the request and fires no
// trace event.
func TestSilentTransportProvesNothing(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"its own words":                    errors.New("failed somehow"),
		"an error that looks like no dial": &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
	} {
		t.Run(name, func(t *testing.T) {
			report, reported := incidents()
			p := proxyTo(t, deadUpstream)
			p.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })
			s := serve(t, newMiddleware(t, middleware.Config{OnFailure: report}).Proxy(p))
			got := send(t, http.MethodPost, s.URL, "order=1", "Accept: text/html")
			if i := <-reported; i.Outcome != diagnosis.OutcomeUnknown || !strings.Contains(got.body, "We can’t tell if your form went through") {
				t.Errorf("outcome %q of %v", i.Outcome, i.Err)
			}
		})
	}
}

// TestNothingIsLeftOver runs each case alone and counts what stays behind.
func TestNothingIsLeftOver(t *testing.T) {
	takesLong(t)
	for _, c := range upstreamtest.Cases() {
		goroutines, sockets := runtime.NumGoroutine(), openSockets()
		began := time.Now()
		t.Run(c.Name, func(t *testing.T) {
			_, gateway, incidents := startCase(t, c)
			visitToTheEnd(t, c, gateway.URL)
			await(t, c, incidents)
		})
		if took := time.Since(began); took > 10*upstreamtest.Limit {
			t.Errorf("%s took %v", c.Name, took)
		}
		for wait := time.Millisecond; runtime.NumGoroutine() > goroutines || openSockets() > sockets; wait *= 2 {
			if wait > 2*time.Second {
				t.Errorf("%s leaves %d goroutines and %d sockets", c.Name, runtime.NumGoroutine()-goroutines, openSockets()-sockets)
				break
			}
			time.Sleep(wait)
		}
	}
}

// visitToTheEnd also reads the answer: who hangs up before it breaks off is a visitor who
// left, and then nothing is reported.
func visitToTheEnd(t *testing.T, c upstreamtest.Case, gateway string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if res, err := c.Visit(ctx, gateway, http.Header{"Accept": {"text/html"}}); err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// openSockets counts the process's sockets; 0 where that cannot be told.
func openSockets() (n int) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			n++
		}
	}
	return n
}
