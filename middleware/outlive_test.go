package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestNothingOutlivesItsRequest: whatever is remembered of requests and answers, no long line
// stays for a short piece of it. Requests with long lines must leave no more on the heap than
// the same requests with short ones.
func TestNothingOutlivesItsRequest(t *testing.T) {
	takesLong(t)
	short, long := strings.Repeat("a", 8), strings.Repeat("A", 32<<10)
	requests, most := 500, 3.0 // MB
	if testing.Short() {
		requests = 150
	}
	languages := strings.Fields("ar bg bn ca cs da de el en es fa fi fr gu he hi hr hu id it ja ko kn lt lv ml mr ms nb nl")
	types := diagnosis.Types()
	for _, attack := range []struct {
		name    string
		config  middleware.Config
		gateway func(*middleware.Middleware) http.Handler
		request func(n int, pad string) string
	}{
		{name: "the name of an error type", request: func(n int, pad string) string {
			return fmt.Sprintf("GET /_fiveohtwo/problem/%s?lang=%s&pad=%s HTTP/1.1\r\nHost: x\r\nAccept: text/html", types[n%len(types)], languages[n/len(types)%len(languages)], pad)
		}},
		{name: "parameters of a page that explains", request: func(n int, pad string) string {
			return fmt.Sprintf("GET /_fiveohtwo/problem/dns%%5ferror?lang=%s&outcome=%s&method=%s&reference=7KQ2-M9XD&pad=%s HTTP/1.1\r\nHost: x\r\nAccept: text/html",
				languages[n%len(languages)], []string{"not_sent", "unknown", "answered"}[n%3], []string{"POST", "PUT", "PATCH"}[n/3%3], pad)
		}},
		{name: "keys of an upstream that nobody gave", request: func(n int, pad string) string {
			return fmt.Sprintf("GET /_fiveohtwo/status?k=%d%s HTTP/1.1\r\nHost: x", n, pad)
		}},
		{name: "paths to go back to", request: func(n int, pad string) string {
			return fmt.Sprintf("POST /_fiveohtwo/clear-cache?%s HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\npath=/%02d", pad, n%100)
		}},
		{name: "paths and queries", request: func(n int, pad string) string {
			return fmt.Sprintf("GET /%d/%s?fiveohtwo-lang=%s&%s HTTP/1.1\r\nHost: x\r\nAccept: text/html", n, pad, languages[n%len(languages)], pad)
		}},
		{name: "methods", request: func(n int, pad string) string {
			return fmt.Sprintf("M%d%s /%s HTTP/1.1\r\nHost: x\r\nAccept: text/html", n, pad, pad)
		}},
		{name: "usual methods", request: func(n int, pad string) string {
			return fmt.Sprintf("%s /%s HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nAccept-Language: l%d", []string{"POST", "PUT", "PATCH", "DELETE"}[n%4], pad, n)
		}},
		{name: "hosts", request: func(n int, pad string) string {
			return fmt.Sprintf("GET http://h%d.%s/ HTTP/1.1\r\nHost: h%d\r\nAccept: text/html", n, pad, n)
		}},
		{name: "fields", request: func(n int, pad string) string {
			return fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html,a/b%d%s\r\nAccept-Language: de,l%d%s\r\nAccept-Encoding: gzip,e%d%s\r\nReferer: http://r%d/%s\r\nUser-Agent: Firefox/%d %s\r\n"+
				"Sec-Ch-Ua: \"c%d%s\"\r\nSec-Ch-Ua-Platform: \"p%d%s\"\r\nCookie: c=%d%s\r\nX-Request-Id: id%d%s\r\nContent-Type: application/grpc+%d%s", n, pad, n, pad, n, pad, n, pad, n, pad, n, pad, n, pad, n, pad, n, pad, n, pad)
		}},
		{name: "short fields beside a long line", request: func(n int, pad string) string {
			return fmt.Sprintf("GET /?%s HTTP/1.1\r\nHost: x\r\nAccept: text/html,a/b%d\r\nAccept-Language: de,l%d\r\nUser-Agent: Firefox/%d\r\nSec-Ch-Ua: \"c%d\"\r\nX-Request-Id: id%d", pad, n, n, n, n, n)
		}},
		{name: "upstreams", gateway: chosenUpstream, config: middleware.Config{FailFast: time.Second}, request: func(n int, pad string) string {
			return fmt.Sprintf("GET http://h%d.%s/ HTTP/1.1\r\nHost: x\r\nAccept: text/html", n/3, pad)
		}},
		{name: "short upstreams in a long line", gateway: chosenUpstream, config: middleware.Config{FailFast: time.Second}, request: func(n int, pad string) string {
			return fmt.Sprintf("GET http://h%d.example:8080/%s HTTP/1.1\r\nHost: x\r\nAccept: text/html", n/3, pad)
		}},
		{name: "schemes of upstreams", gateway: chosenUpstream, request: func(n int, pad string) string {
			return fmt.Sprintf("GET s%d%s://h/ HTTP/1.1\r\nHost: x\r\nAccept: text/html", n, pad)
		}},
		{name: "upstreams that the host program probes", gateway: chosenUpstream, config: middleware.Config{Probe: func(context.Context, string) error { return nil }}, request: func(n int, pad string) string {
			return fmt.Sprintf("GET http://h%d.%s/ HTTP/1.1\r\nHost: x\r\nAccept: text/html", n, pad)
		}},
		{name: "what an upstream says of itself", gateway: func(mw *middleware.Middleware) http.Handler {
			p := proxyTo(t, deadUpstream)
			p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				types, languages, pad := types, r.Header.Get("Accept-Language"), r.URL.RawQuery
				status := fmt.Sprintf("x%s; error=%s; details=%q", pad, types[len(pad)*31%len(types)], languages+pad)
				return &http.Response{StatusCode: 502, Header: http.Header{"Proxy-Status": {status}}, Body: http.NoBody, Request: r}, nil
			})
			return mw.Proxy(p)
		}, request: func(n int, pad string) string {
			return fmt.Sprintf("GET /?%s%s HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nAccept-Language: %s", pad, strings.Repeat("b", n%32), languages[n%len(languages)])
		}},
		{name: "incidents that the host program keeps", gateway: func(*middleware.Middleware) http.Handler {
			return newMiddleware(t, middleware.Config{OnFailure: keepLast(1000)}).Proxy(proxyTo(t, deadUpstream))
		}, request: func(n int, pad string) string {
			return fmt.Sprintf("GET /%d?%s HTTP/1.1\r\nHost: x\r\nTraceparent: 01-%032x-00f067aa0ba902b7-01-%s", n, pad, n+1, pad)
		}},
		{name: "types that the host program reads in a request", gateway: func(mw *middleware.Middleware) http.Handler {
			return mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kind := diagnosis.Type(r.URL.Path[1:])
				mw.ErrorHandler(w, r, &diagnosis.Error{Type: kind, Hint: r.URL.Path[1:], Err: errors.New("ours")})
			}))
		}, request: func(n int, pad string) string {
			return fmt.Sprintf("GET /%s?%s HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nAccept-Language: %s", types[n%len(types)], pad, languages[n/len(types)%len(languages)])
		}},
	} {
		t.Run(attack.name, func(t *testing.T) {
			stays := func(pad string) float64 {
				before := heapMB()
				mw := newMiddleware(t, attack.config)
				var gateway http.Handler
				if attack.gateway != nil {
					gateway = attack.gateway(mw)
				} else {
					p := proxyTo(t, deadUpstream)
					p.Transport = &http.Transport{DialContext: refuses}
					gateway = mw.Proxy(p)
				}
				for n := range requests {
					serveText(t, gateway, attack.request(n, pad), fmt.Sprintf("203.0.113.%d:443", n%200))
				}
				after := heapMB()
				runtime.KeepAlive(gateway)
				runtime.KeepAlive(mw)
				return after - before
			}
			stays(short) // what is kept once for all
			usual, now := stays(short), stays(long)
			t.Logf("after %d short requests %.1f MB stay, after long ones %.1f MB", requests, usual, now)
			if now-usual > most {
				t.Errorf("%.1f MB of long requests stay", now-usual)
			}
		})
	}
}

// serveText has a handler answer a request as it comes over a connection.
func serveText(t *testing.T, h http.Handler, text, from string) {
	t.Helper()
	if !strings.Contains(text, "\r\n\r\n") {
		text += "\r\n\r\n"
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = from
	h.ServeHTTP(&memory{header: http.Header{}}, r)
}

// chosenUpstream is a forward proxy: a request says where it wants to go.
func chosenUpstream(mw *middleware.Middleware) http.Handler {
	return mw.Proxy(&httputil.ReverseProxy{
		// With keep-alives net/http itself keeps who waited in vain for a connection, by host.
		Transport: &http.Transport{DialContext: refuses, DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL = &url.URL{Scheme: r.In.URL.Scheme, Host: r.In.URL.Host, Path: "/"}
		},
	})
}

// refuses is a dialler to where nobody listens.
func refuses(_ context.Context, network, address string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}}
}

// keepLast returns a callback that keeps as many incidents, as a page for operators would.
func keepLast(many int) func(*http.Request, *middleware.Incident) {
	kept, n := make([]middleware.Incident, many), 0
	return func(_ *http.Request, i *middleware.Incident) {
		kept[n%many] = *i
		n++
	}
}

func heapMB() float64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
