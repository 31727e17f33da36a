package upstreamtest_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

func TestNamesAndSentences(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range upstreamtest.Cases() {
		if seen[c.Name] || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			t.Errorf("%q is there twice, or is no path", c.Name)
		}
		seen[c.Name] = true
		if !strings.HasSuffix(c.About, ".") || strings.Count(c.About, ". ") > 0 {
			t.Errorf("%s: About is not one sentence: %q", c.Name, c.About)
		}
		if c.Shown() == c.Want.Gone() {
			t.Errorf("%s: Shown is %v, but Gone is %v", c.Name, c.Shown(), c.Want.Gone())
		}
		if c.Want.Type != "" && !c.Want.Type.Registered() {
			t.Errorf("%s: %q is not registered", c.Name, c.Want.Type)
		}
	}
}

func TestStartUnknown(t *testing.T) {
	if u, err := upstreamtest.Start("no_such_case"); err == nil {
		u.Close()
		t.Error("an unknown case was started")
	}
}

// TestNothingOutside asks for an address and for a name beyond this machine.
func TestNothingOutside(t *testing.T) {
	c := upstreamtest.Cases()[0]
	transport := start(t, c).Transport()
	for _, url := range []string{"http://192.0.2.1/", "http://gateway.invalid/"} {
		if res, err := c.Visit(t.Context(), url, nil); err == nil {
			res.Body.Close()
			t.Errorf("the visitor reached %s", url)
		}
		if res, err := transport.RoundTrip(httptest.NewRequest(http.MethodGet, url, nil)); err == nil {
			res.Body.Close()
			t.Errorf("the transport reached %s", url)
		}
	}
}

// TestNotSent proves what the cases claim: a POST did not reach the upstream, in whole
// or in part.
func TestNotSent(t *testing.T) {
	for _, c := range upstreamtest.Cases() {
		if c.Want.Outcome != diagnosis.NotSent {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			u := start(t, c)
			c.Method = http.MethodPost
			if res, err := roundTrip(t, c, u); err == nil {
				res.Body.Close()
				t.Errorf("it was answered with %s", res.Status)
			}
			if got := u.Requests(); len(got) != 0 {
				t.Errorf("the upstream received %+v", got)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	for _, c := range upstreamtest.Cases() {
		want, ok := map[string]struct {
			body     string
			complete bool
		}{
			"connection_terminated":      {complete: true},
			"connection_terminated_post": {body: "order=1", complete: true},
			"http_response_timeout_post": {body: "order=1", complete: true},
			"empty_502":                  {complete: true},
		}[c.Name]
		if !ok {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			u := start(t, c)
			visit(t, c, gateway(t, c, u)+"/path")
			got := u.Requests()
			if len(got) != 1 {
				t.Fatalf("received %+v, want one request", got)
			}
			method := c.Method
			if method == "" {
				method = http.MethodGet
			}
			if got[0].Method != method || got[0].Path != "/path" || got[0].Bytes == 0 ||
				string(got[0].Body) != want.body || got[0].Complete != want.complete {
				t.Errorf("received %+v, want %s /path, %+v", got[0], method, want)
			}
		})
	}
}

// TestInbound lets a GET, as a gallery gets it, fail as the case's own visitor does.
func TestInbound(t *testing.T) {
	for _, c := range upstreamtest.Cases() {
		r := httptest.NewRequest(http.MethodGet, "/failure/"+c.Name, nil)
		r.Header.Set("Accept", "text/html")
		in := c.Inbound(r)
		if r.Method != http.MethodGet || r.ContentLength != 0 || len(r.Header) != 1 {
			t.Errorf("%s: the request was changed", c.Name)
		}
		if c.Method == "" {
			if in != r {
				t.Errorf("%s: a plain GET was replaced", c.Name)
			}
			continue
		}
		if in.Method != c.Method || in.Header.Get("Accept") != "text/html" {
			t.Errorf("%s: got %s with %v", c.Name, in.Method, in.Header)
		}
		if c.MaxBody > 0 {
			in.Body = http.MaxBytesReader(httptest.NewRecorder(), in.Body, c.MaxBody)
		}
		body, err := io.ReadAll(in.Body)
		if (err != nil) != (c.Want.Type == diagnosis.HTTPRequestError) {
			t.Errorf("%s: reading the body gives %q, %v", c.Name, body, err)
		}
	}
}

func start(t *testing.T, c upstreamtest.Case) *upstreamtest.Upstream {
	t.Helper()
	u, err := upstreamtest.Start(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	return u
}

// gateway starts a bare ReverseProxy in front of u.
func gateway(t *testing.T, c upstreamtest.Case, u *upstreamtest.Upstream) string {
	t.Helper()
	quiet := log.New(io.Discard, "", 0)
	transport := u.Transport()
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u.URL) },
		Transport: transport,
		ErrorLog:  quiet,
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.MaxBody > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, c.MaxBody)
		}
		proxy.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = quiet
	server.Start()
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL
}

// visit returns the status of a whole answer, or cut.
func visit(t *testing.T, c upstreamtest.Case, url string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	res, err := c.Visit(ctx, url, http.Header{"Accept": {"text/html"}})
	if ctx.Err() != nil {
		t.Error("it did not end")
	}
	if err != nil {
		return cut
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return cut
	}
	return res.StatusCode
}

// roundTrip sends a request to u without a proxy between.
func roundTrip(t *testing.T, c upstreamtest.Case, u *upstreamtest.Upstream) (*http.Response, error) {
	t.Helper()
	var body io.Reader
	if c.Method == http.MethodPost {
		body = strings.NewReader("order=1")
	}
	ctx := t.Context()
	if c.Want.Gone() {
		var leave context.CancelFunc
		ctx, leave = context.WithTimeout(ctx, upstreamtest.Limit)
		defer leave()
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, u.URL.String(), body)
	if err != nil {
		return nil, err
	}
	transport := u.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	return transport.RoundTrip(req)
}
