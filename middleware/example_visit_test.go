package middleware_test

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

func quietMiddleware() *middleware.Middleware {
	mw, err := middleware.New(middleware.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	return mw
}

// visit asks a handler, and waits until its server is done with the exchange.
func visit(handler http.Handler, fields ...string) (res *http.Response, body string, err error) {
	server := httptest.NewServer(handler)
	defer server.Close()
	res, err = ask(server.URL, fields...)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res, string(data), err
}

// begin asks a handler whose answer may have no end.
func begin(handler http.Handler, fields ...string) *http.Response {
	res, err := ask(httptest.NewServer(handler).URL, fields...)
	if err != nil {
		log.Fatal(err)
	}
	return res
}

func ask(address string, fields ...string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		req.Header.Set(name, value)
	}
	return (&http.Transport{DisableCompression: true}).RoundTrip(req)
}

func proxyOf(address string) *httputil.ReverseProxy {
	target, _ := url.Parse(address)
	return &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

func refusedProxy() *httputil.ReverseProxy { return proxyOf(deadUpstream) }

// brokenProxy leads to an upstream whose body of unknown length breaks.
func brokenProxy() *httputil.ReverseProxy {
	return proxyOf(httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})).URL)
}

// streamingProxy leads to an upstream that sends an event and stays, or upgrades.
func streamingProxy() *httputil.ReverseProxy {
	return proxyOf(httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "echo")
			w.WriteHeader(http.StatusSwitchingProtocols)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})).URL)
}

// A lineShape prints access lines without what is another each time.
type lineShape struct{ out io.Writer }

var (
	accessChance = regexp.MustCompile(` - - \[.*?\]|( \d{3}) \d+ ".*?" ".*?"`)
	accessEnd    = regexp.MustCompile(` [0-9A-Z]{4}-[0-9A-Z]{4} (\S+)\n`)
	accessTook   = regexp.MustCompile(` \d\S*s\n`)
)

func (s lineShape) Write(line []byte) (int, error) {
	shape := accessChance.ReplaceAllString(string(line), "$1")
	shape = accessEnd.ReplaceAllString(shape, " REFERENCE $1\n")
	_, err := io.WriteString(s.out, accessTook.ReplaceAllString(shape, " TIME\n"))
	return len(line), err
}
