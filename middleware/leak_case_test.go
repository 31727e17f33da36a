package middleware_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// TestNoCaseLeaks puts secrets around each case of upstreamtest: its name, port and base
// path, what the gateway adds to the request, all that the visitor sends.
func TestNoCaseLeaks(t *testing.T) {
	takesLong(t)
	t.Parallel()
	var s search
	s.tell(t)
	for i, c := range upstreamtest.Cases() {
		if c.Want.Gone() {
			continue // nobody is there
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			gateway, port := leakyCase(t, c)
			var visitors sync.WaitGroup
			for j, f := range formsOf(c) {
				visitors.Go(func() { visitLeaky(t, &s, c, gateway, port, f, leakLanguages[(i+j)%len(leakLanguages)]) })
			}
			visitors.Wait()
		})
	}
}

// formsOf are the forms in which the case can be asked for: gRPC and handshakes have no
// time limit, handshakes go by HTTP/1.1 alone, large uploads take long, and some methods
// are the case's own.
func formsOf(c upstreamtest.Case) []leakForm {
	if strings.HasPrefix(c.Name, "upload_") {
		return leakForms[:4]
	}
	timed := c.ResponseTimeout > 0 || c.StallTimeout > 0
	negotiated := strings.HasPrefix(c.Name, "http2_") || c.Name == "tls_no_common_protocol"
	return slices.DeleteFunc(slices.Clone(leakForms), func(f leakForm) bool {
		switch f.name {
		case "gRPC", "gRPC-Web":
			return timed
		case "handshake":
			return timed || negotiated || strings.Contains(c.Name, "upgrade")
		case "HEAD":
			return c.Method != ""
		}
		return false
	})
}

func visitLeaky(t *testing.T, s *search, c upstreamtest.Case, gateway, port string, f leakForm, language string) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if f.name == "HEAD" {
		c.Method = http.MethodHead
	}
	res, err := c.Visit(ctx, gateway+"/cart?token=Wq7Query9zk&fiveohtwo-lang=wq7querylang9zk", f.header(language))
	if err != nil {
		if !c.Cut {
			t.Errorf("%s: no answer: %v", f.name, err)
		}
		return
	}
	defer res.Body.Close()
	answer, err := written(res)
	whole := err == nil
	switch {
	case whole && isOurs(answer):
		checkSpoken(t, f, language, answer)
		if found := s.in(answer, slices.Concat(inside, visitorSecrets), port, "upstream.invalid", "another.invalid"); found != nil {
			t.Errorf("%s, %s: there is something of %q", f.name, language, found)
		}
	case res.StatusCode == http.StatusOK && (c.Cut || f.name == "HEAD"):
		// The upstream's own answer has begun.
	case strings.HasPrefix(c.Name, "empty_") && !f.named:
		// Who names no form gets it as it was sent.
	default:
		t.Errorf("%s: the answer is not ours: %v, %.300q", f.name, err, answer)
	}
}

// header is what the client sends, for a visitor who needs it parsed.
func (f leakForm) header(language string) http.Header {
	lines := textproto.NewReader(bufio.NewReader(strings.NewReader(f.fields + secretFields + "\r\n")))
	fields, _ := lines.ReadMIMEHeader()
	h := http.Header(fields)
	h.Set("Accept", "*/*")
	if f.accept != "" {
		h.Set("Accept", f.accept)
	}
	h.Set("Accept-Language", language+",wq7accepted9zk;q=0.1")
	return h
}

// written is the whole answer, without its length, which could look like a port.
func written(res *http.Response) (string, error) {
	body, err := io.ReadAll(res.Body)
	h := res.Header.Clone()
	h.Del("Content-Length")
	var b bytes.Buffer
	b.WriteString(res.Status + "\r\n")
	_ = h.Write(&b)
	b.WriteString("\r\n" + string(body))
	_ = res.Trailer.Write(&b)
	return b.String(), err
}

// leakyCase starts the upstream of a case, under a name of the inside where it has none of
// its own, and a gateway.
func leakyCase(t *testing.T, c upstreamtest.Case) (gateway, port string) {
	t.Helper()
	upstream, err := upstreamtest.Start(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(upstream.Close)
	transport := upstream.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	target := rename(c, upstream.URL, transport)
	mw := newMiddleware(t, middleware.Config{
		Name: "edge", ResponseTimeout: c.ResponseTimeout, StallTimeout: c.StallTimeout,
		Brands:  map[string]pages.Brand{"wq7brand9zk": {Site: "Example Shop"}},
		BrandOf: func(*http.Request) string { return "wq7brand9zk" },
	})
	handler := mw.Proxy(&httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("X-Token", "Wq7Added9zk")
		},
	})
	if c.MaxBody > 0 {
		handler = http.MaxBytesHandler(handler, c.MaxBody)
	}
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog, s.Config.ReadTimeout = log.New(io.Discard, "", 0), c.ReadTimeout
	s.Start()
	t.Cleanup(s.Close)
	return s.URL, portIn(target, transport)
}

// rename returns the target for the proxy. A connection that the transport keeps already
// belongs to the address.
func rename(c upstreamtest.Case, target *url.URL, transport *http.Transport) *url.URL {
	named := *target
	named.Path = "/Wq7BasePath9zk"
	if target.Hostname() != "127.0.0.1" || strings.HasPrefix(c.Name, "kept_") || c.Name == "connection_limit_reached" {
		return &named
	}
	named.Host = net.JoinHostPort(insideHost, target.Port())
	transport.TLSClientConfig.ServerName = target.Hostname()
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == named.Host {
			address = target.Host
		}
		return dial(ctx, network, address)
	}
	return &named
}

// portIn is the port that is dialled, or a text that occurs nowhere.
func portIn(target *url.URL, transport *http.Transport) string {
	if transport.Proxy != nil {
		if via, err := transport.Proxy(&http.Request{URL: target}); err == nil && via != nil {
			return via.Port()
		}
	}
	if port := target.Port(); port != "" {
		return port
	}
	return "no port"
}
