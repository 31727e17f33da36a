package middleware_test

import (
	"bufio"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestMain keeps the words out of the output that net/http says of stray bytes, which
// many cases send on purpose.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// serve starts a real server: recorders hide what net/http does with a response.
func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// proxyTo returns a plain proxy to that URL, with a transport of its own.
func proxyTo(t testing.TB, target string) *httputil.ReverseProxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u) },
		ErrorLog:  log.New(io.Discard, "", 0),
	}
}

// deadUpstream is an address on this machine where nobody listens.
const deadUpstream = "http://127.0.0.9:9"

// A reply is an answer read whole.
type reply struct {
	status  int
	header  http.Header
	trailer http.Header
	body    string
	err     error // of the head or the body
}

// get sends a request with the given header fields ("Name: value").
func get(t testing.TB, address string, fields ...string) reply {
	t.Helper()
	return send(t, http.MethodGet, address, "", fields...)
}

func send(t testing.TB, method, address, body string, fields ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Add(name, value)
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, res.Trailer, string(data), err}
}

// raw sends bytes and returns the bytes of the answer without its Date.
func raw(t testing.TB, address, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if !strings.HasPrefix(line, "Date: ") {
			kept.WriteString(line)
		}
		if err != nil {
			return kept.String()
		}
	}
}

// incidents returns a Config field that keeps what is reported.
func incidents() (func(*http.Request, *middleware.Incident), <-chan *middleware.Incident) {
	kept := make(chan *middleware.Incident, 8)
	return func(_ *http.Request, i *middleware.Incident) { kept <- i }, kept
}

// dialTo returns a dialler that connects to one address, whatever it is asked for.
func dialTo(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}
