package adapters

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// adapters are the ways into the library, each set up before an upstream.
var adapters = []struct {
	name  string
	front func(t *testing.T, upstream *url.URL) front
}{
	{"net/http ServeMux", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return NetHTTP(newMiddleware(t, middleware.Config{}), proxyTo(t, upstream))
	})},
	{"gorilla/mux", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return GorillaMux(newMiddleware(t, middleware.Config{}), proxyTo(t, upstream))
	})},
	{"chi", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return Chi(newMiddleware(t, middleware.Config{}), proxyTo(t, upstream))
	})},
	{"gin", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return Gin(newMiddleware(t, middleware.Config{}), proxyTo(t, upstream))
	})},
	{"echo", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return Echo(newMiddleware(t, middleware.Config{}), proxyTo(t, upstream))
	})},
	{"a plain handler with a client of its own", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return PlainHandler(newMiddleware(t, middleware.Config{}), newTransport(t), upstream)
	})},
	{"a circuit breaker", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		proxy := proxyTo(t, upstream)
		proxy.Transport = NewBreaker(proxy.Transport, time.Minute)
		return newMiddleware(t, middleware.Config{}).Proxy(proxy)
	})},
	{"brands", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return newMiddleware(t, BrandsByHost()).Proxy(proxyTo(t, upstream))
	})},
	{"Prometheus", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		count, err := CountFailures(prometheus.NewRegistry())
		if err != nil {
			t.Fatal(err)
		}
		return newMiddleware(t, middleware.Config{OnFailure: count}).Proxy(proxyTo(t, upstream))
	})},
	{"OpenTelemetry", behind(func(t *testing.T, upstream *url.URL) http.Handler {
		return newMiddleware(t, middleware.Config{OnFailure: TraceFailure}).Proxy(proxyTo(t, upstream))
	})},
	{"goproxy", func(t *testing.T, upstream *url.URL) front {
		proxy := serve(t, ForwardProxy(newMiddleware(t, middleware.Config{}), newTransport(t)))
		return front{address: upstream.String(), via: parse(t, proxy.URL)}
	}},
}

// behind serves a handler that visitors ask directly.
func behind(handler func(*testing.T, *url.URL) http.Handler) func(*testing.T, *url.URL) front {
	return func(t *testing.T, upstream *url.URL) front {
		return front{address: serve(t, handler(t, upstream)).URL}
	}
}

func TestEveryAdapter(t *testing.T) {
	checks := []struct {
		name  string
		check func(*testing.T, func(*testing.T, *url.URL) front)
	}{
		{"a browser gets the page when nobody listens upstream", aBrowserGetsThePage},
		{"a program gets problem+json when nobody listens upstream", aProgramGetsTheProblem},
		{"the error type's own page answers", theTypeHasAPage},
		{"each event of a stream passes at once", eventsPassAtOnce},
		{"an answer that works passes as it was sent", answersPassUntouched},
	}
	for _, adapter := range adapters {
		t.Run(adapter.name, func(t *testing.T) {
			for _, c := range checks {
				t.Run(c.name, func(t *testing.T) { c.check(t, adapter.front) })
			}
		})
	}
}

func aBrowserGetsThePage(t *testing.T, start func(*testing.T, *url.URL) front) {
	got := start(t, parse(t, deadUpstream)).get(t, "/cart", browser)
	if got.status != http.StatusBadGateway || !isOurPage(got) {
		t.Errorf("got %d %v\n%s", got.status, got.header, got.body)
	}
}

// A problem is what the tests look at of a problem+json.
type problem struct{ Type, Error, Phase, Outcome string }

func aProgramGetsTheProblem(t *testing.T, start func(*testing.T, *url.URL) front) {
	got, kind := askProblem(t, start(t, parse(t, deadUpstream)))
	want := problem{"/_fiveohtwo/problem/connection_refused", "connection_refused", "connect", "not_sent"}
	if got != want || kind != program {
		t.Errorf("got %s %+v, want %+v", kind, got, want)
	}
}

func askProblem(t *testing.T, f front) (p problem, contentType string) {
	t.Helper()
	got := f.get(t, "/cart", program)
	if err := json.Unmarshal([]byte(got.body), &p); err != nil {
		t.Fatalf("%v in %q", err, got.body)
	}
	return p, got.header.Get("Content-Type")
}

func theTypeHasAPage(t *testing.T, start func(*testing.T, *url.URL) front) {
	f := start(t, parse(t, deadUpstream))
	p, _ := askProblem(t, f)
	if got := f.get(t, p.Type, browser); got.status != http.StatusOK || !isOurPage(got) {
		t.Errorf("%s: got %d %v", p.Type, got.status, got.header)
	}
}

func eventsPassAtOnce(t *testing.T, start func(*testing.T, *url.URL) front) {
	seen := make(chan struct{}, events)
	upstream := serve(t, shop(seen))
	stream := start(t, parse(t, upstream.URL)).open(t, "/events", "text/event-stream")
	lines := bufio.NewScanner(stream.Body)
	next := 0
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if data != fmt.Sprint(next) {
				t.Fatalf("event %q came, want %d", data, next)
			}
			next++
			seen <- struct{}{} // only now the upstream sends the next one
		}
	}
	if next != events || lines.Err() != nil {
		t.Errorf("%d of %d events came: %v", next, events, lines.Err())
	}
}

func answersPassUntouched(t *testing.T, start func(*testing.T, *url.URL) front) {
	upstream := serve(t, shop(nil))
	f := start(t, parse(t, upstream.URL))
	for _, path := range []string{"/cart", "/lost", "/blank", "/healthz"} {
		want := front{address: upstream.URL}.get(t, path, browser)
		if got := f.get(t, path, browser); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v\nwant %+v", path, got, want)
		}
	}
}
