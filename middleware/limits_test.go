package middleware_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// TestWhatAClientOffersLiftsNoLimit: until the head, and in a body that is no stream.
func TestWhatAClientOffersLiftsNoLimit(t *testing.T) {
	takesLong(t)
	t.Parallel()
	const limit = 200 * time.Millisecond
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stall" {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, "a")
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case <-r.Context().Done():
		case <-time.After(3 * time.Second):
		}
	}))
	gateway := serve(t, newMiddleware(t, middleware.Config{ResponseTimeout: limit, StallTimeout: limit}).Proxy(proxyTo(t, upstream.URL)))
	for _, c := range []struct{ name, fields string }{
		{"nothing", ""},
		{"h2c", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"},
		{"TLS", "Connection: upgrade\r\nUpgrade: TLS/1.2\r\n"},
		{"a WebSocket or h2c", "Connection: upgrade\r\nUpgrade: websocket, h2c\r\n"},
		{"events or JSON", "Accept: application/json, text/event-stream\r\n"},
		{"events refused", "Accept: text/event-stream;q=0\r\n"},
		{"events in a second line", "Accept: text/html\r\nAccept: text/event-stream\r\n"},
		{"gRPC", "Content-Type: application/grpc\r\n"},
		{"gRPC in capitals", "Content-Type: Application/gRPC+Proto\r\n"},
		{"a stream of Connect", "Content-Type: application/connect+proto\r\n"},
	} {
		for _, path := range []string{"/head", "/stall"} {
			t.Run(c.name+path, func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				answer := raw(t, gateway.URL, "GET "+path+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"+c.fields+"\r\n")
				if took := time.Since(began); took > 5*limit || !strings.Contains(answer, "X-Robots-Tag: noindex") {
					t.Errorf("after %v: %.100q", took, answer)
				}
			})
		}
	}
}

// TestStreamsHaveNoLimit: the type of the answer says what one is, and it may come late where
// there is nothing else to wait for.
func TestStreamsHaveNoLimit(t *testing.T) {
	takesLong(t)
	t.Parallel()
	const limit = 100 * time.Millisecond
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			time.Sleep(4 * limit)
		}
		w.Header().Set("Content-Type", r.Header.Get("X-Answer"))
		w.Header().Set("Content-Length", "4")
		_, _ = io.WriteString(w, "ab")
		_ = http.NewResponseController(w).Flush()
		time.Sleep(4 * limit)
		_, _ = io.WriteString(w, "cd")
	}))
	gateway := serve(t, newMiddleware(t, middleware.Config{ResponseTimeout: limit, StallTimeout: limit}).Proxy(proxyTo(t, upstream.URL)))
	for _, kind := range []string{"text/event-stream", "Text/Event-Stream;charset=utf-8", "application/grpc", "Application/gRPC-Web+proto", "application/connect+proto"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if got := get(t, gateway.URL, "X-Answer: "+kind); got.body != "abcd" || got.err != nil {
				t.Errorf("%d %.80q, %v", got.status, got.body, got.err)
			}
		})
	}
	t.Run("events alone, whose head is late", func(t *testing.T) {
		t.Parallel()
		if got := get(t, gateway.URL+"/late", "X-Answer: text/event-stream", "Accept: text/event-stream"); got.body != "abcd" || got.err != nil {
			t.Errorf("%d %.80q, %v", got.status, got.body, got.err)
		}
	})
	t.Run("what is no stream, whatever was asked for", func(t *testing.T) {
		t.Parallel()
		if got := get(t, gateway.URL, "X-Answer: text/plain", "Accept: text/event-stream"); got.status != http.StatusGatewayTimeout {
			t.Errorf("%d %.80q, %v", got.status, got.body, got.err)
		}
	})
}

// TestResponseTimeoutBoundsAllWaiting: it is not begun anew by what net/http does next.
func TestResponseTimeoutBoundsAllWaiting(t *testing.T) {
	takesLong(t)
	t.Parallel()
	const limit = 600 * time.Millisecond
	silent := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	slowly := func(ctx context.Context, network, address string) (net.Conn, error) {
		time.Sleep(limit * 2 / 3)
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	refusing, err := upstreamtest.Start("http2_refused_stream")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(refusing.Close)
	for _, c := range []struct {
		name, target string
		transport    *http.Transport
		body         string
		limit        time.Duration
		fields       []string
	}{
		{"a slow connection, then no answer", silent.URL, &http.Transport{DialContext: slowly}, "", limit, nil},
		{"the same, with a body", silent.URL, &http.Transport{DialContext: slowly}, "order=1", limit, nil},
		{"who waits for a word before the body", silent.URL, &http.Transport{ExpectContinueTimeout: limit * 2 / 3}, "order=1", limit, []string{"Expect: 100-continue"}},
		{"streams that are refused again and again", refusing.URL.String(), refusing.Transport(), "", 3 * time.Second / 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := proxyTo(t, c.target)
			p.Transport = c.transport
			t.Cleanup(c.transport.CloseIdleConnections)
			gateway := serve(t, newMiddleware(t, middleware.Config{ResponseTimeout: c.limit}).Proxy(p))
			began, method := time.Now(), http.MethodGet
			if c.body != "" {
				method = http.MethodPost
			}
			got := send(t, method, gateway.URL, c.body, c.fields...)
			if took := time.Since(began); took < c.limit-10*time.Millisecond || took > c.limit*3/2 || got.status < 503 {
				t.Errorf("%d after %v, want it after %v", got.status, took, c.limit)
			}
		})
	}
}

// TestASlowUploadIsNotCutOff: a visitor who takes his time is not the upstream, and neither
// is one silent that takes a body bit by bit.
func TestASlowUploadIsNotCutOff(t *testing.T) {
	takesLong(t)
	t.Parallel()
	const limit, chunk = 500 * time.Millisecond, 1 << 20
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, chunk)
		n := 0
		for {
			k, err := io.ReadFull(r.Body, buf)
			if n += k; err != nil {
				break
			}
			time.Sleep(limit / 12)
		}
		fmt.Fprint(w, n)
	}))
	gateway := serve(t, newMiddleware(t, middleware.Config{ResponseTimeout: limit, StallTimeout: limit}).Proxy(proxyTo(t, upstream.URL)))
	t.Run("the visitor is slow", func(t *testing.T) {
		t.Parallel()
		conn, err := net.Dial("tcp", strings.TrimPrefix(gateway.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
		for range 4 {
			time.Sleep(limit * 2 / 3)
			_, _ = io.WriteString(conn, "x")
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Error(res.Status)
		}
	})
	t.Run("the upstream is", func(t *testing.T) {
		t.Parallel()
		if got := send(t, http.MethodPost, gateway.URL, strings.Repeat("x", 24*chunk)); got.body != fmt.Sprint(24*chunk) {
			t.Errorf("%d %.80q, %v", got.status, got.body, got.err)
		}
	})
}
