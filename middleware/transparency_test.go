package middleware_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// workingUpstream answers as upstreams do that work.
func workingUpstream() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"1"`)
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		io.WriteString(w, "hello")
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5000")
		io.WriteString(w, strings.Repeat("x", 5000))
	})
	mux.HandleFunc("/range", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.txt", time.Unix(1700000000, 0), strings.NewReader("0123456789"))
	})
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		var code int
		fmt.Sscan(r.PathValue("code"), &code)
		switch code {
		case 204, 304:
			w.WriteHeader(code)
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"error":%d}`, code)
		}
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/hello", http.StatusFound) })
	mux.HandleFunc("/hints", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Content-Length", "2")
		io.WriteString(w, "ok")
	})
	mux.HandleFunc("/trailers", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "body")
		w.Header().Set("X-Sum", "42")
		w.Header().Set(http.TrailerPrefix+"X-Late", "7")
	})
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 5 {
			fmt.Fprintln(w, i)
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	mux.HandleFunc("/ten-megabytes", func(w http.ResponseWriter, _ *http.Request) {
		for range 160 {
			w.Write(make([]byte, 64<<10))
		}
	})
	return mux
}

// TestSuccessPassesUntouched compares a bare ReverseProxy with mw.Proxy, byte for byte.
func TestSuccessPassesUntouched(t *testing.T) {
	t.Parallel()
	upstream := serve(t, workingUpstream())
	bare := serve(t, proxyTo(t, upstream.URL))
	ours := serve(t, newMiddleware(t, middleware.Config{ResponseTimeout: time.Minute}).Proxy(proxyTo(t, upstream.URL)))
	for _, c := range []struct{ name, request string }{
		{"200 with a body", "GET /hello"},
		{"body larger than what is held back", "GET /large"},
		{"HEAD", "HEAD /hello"},
		{"HEAD of a large body", "HEAD /large"},
		{"range", "GET /range\nRange: bytes=2-5"},
		{"range that cannot be met", "GET /range\nRange: bytes=100-"},
		{"not modified", "GET /range\nIf-Modified-Since: Wed, 15 Nov 2023 22:13:20 GMT"},
		{"204", "GET /status/204"},
		{"304", "GET /status/304"},
		{"404 with JSON", "GET /status/404"},
		{"500 with JSON", "GET /status/500"},
		{"502 of the site, with a body", "GET /status/502\nAccept: text/html"},
		{"503 of the site, with a body", "GET /status/503\nAccept: text/html"},
		{"redirect", "GET /redirect"},
		{"early hints", "GET /hints"},
		{"answer to an upload", "POST /echo\nContent-Length: 5\n\nhello"},
		{"OPTIONS", "OPTIONS /hello"},
		{"HTTP/1.0", "GET /hello HTTP/1.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			request := rawRequest(c.request)
			want, got := raw(t, bare.URL, request), raw(t, ours.URL, request)
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if !strings.HasPrefix(got, "HTTP/1.") {
				t.Errorf("no answer: %q", got)
			}
		})
	}
	for _, path := range []string{"/chunked", "/trailers", "/ten-megabytes"} {
		t.Run("of unknown length"+path, func(t *testing.T) {
			t.Parallel()
			want, got := get(t, bare.URL+path), get(t, ours.URL+path)
			if got.err != nil || got.status != 200 || sha256.Sum256([]byte(got.body)) != sha256.Sum256([]byte(want.body)) {
				t.Errorf("status %d, %d bytes, error %v; want %d bytes", got.status, len(got.body), got.err, len(want.body))
			}
			got.header.Del("Date")
			want.header.Del("Date")
			if fmt.Sprint(got.header) != fmt.Sprint(want.header) || fmt.Sprint(got.trailer) != fmt.Sprint(want.trailer) {
				t.Errorf("header %v, trailer %v; want %v, %v", got.header, got.trailer, want.header, want.trailer)
			}
		})
	}
}

// rawRequest writes a request out: request line, fields, an empty line, body.
func rawRequest(text string) string {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !strings.Contains(lines[0], " HTTP/") {
		lines[0] += " HTTP/1.1"
	}
	lines = append(lines, "Host: shop.example.com", "Connection: close")
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

func TestEventsArriveOneByOne(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			select {
			case event := <-next:
				fmt.Fprintf(w, "data: %s\n\n", event)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	ours := serve(t, newMiddleware(t, middleware.Config{ResponseTimeout: 200 * time.Millisecond}).Proxy(proxyTo(t, upstream.URL)))
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, ours.URL, nil)
	req.Header.Set("Accept", "text/event-stream")
	time.AfterFunc(500*time.Millisecond, func() { // longer than the response timeout, which is not for streams
		select {
		case next <- "first":
		case <-t.Context().Done():
		}
	})
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for _, event := range []string{"first", "second", "third"} {
		if event != "first" {
			next <- event // only sent after the one before it was seen
		}
		for lines.Scan() && lines.Text() == "" {
		}
		if got := lines.Text(); got != "data: "+event {
			t.Fatalf("got %q, want %q", got, event)
		}
	}
}

func TestUpgradedConnectionsAreHandedOver(t *testing.T) {
	t.Parallel()
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		io.Copy(conn, rw)
	}))
	mw := newMiddleware(t, middleware.Config{ResponseTimeout: 50 * time.Millisecond})
	var log strings.Builder
	ours := serve(t, mw.AccessLog(&log, mw.Proxy(proxyTo(t, upstream.URL))))
	conn, err := net.Dial("tcp", strings.TrimPrefix(ours.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got %v, %v", res, err)
	}
	time.Sleep(100 * time.Millisecond) // longer than the response timeout
	for _, word := range []string{"one\n", "two\n"} {
		io.WriteString(conn, word)
		if got, err := r.ReadString('\n'); got != word {
			t.Fatalf("got %q, %v", got, err)
		}
	}
}

func TestProxyLeavesTheUsersProxyAlone(t *testing.T) {
	t.Parallel()
	p := proxyTo(t, deadUpstream)
	before := *p
	newMiddleware(t, middleware.Config{}).Proxy(p)
	if p.ErrorHandler != nil || p.ModifyResponse != nil || p.BufferPool != nil || p.Transport != before.Transport {
		t.Error("the user's ReverseProxy was changed")
	}
	var _ httputil.BufferPool = p.BufferPool
}
