package upstreamtest_test

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

func TestNamesAndSentences(t *testing.T) {
	seen, alternatives := map[string]bool{}, 0
	for _, c := range upstreamtest.Cases() {
		if seen[c.Name] || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			t.Errorf("%q is there twice, or is no path", c.Name)
		}
		seen[c.Name] = true
		if !strings.HasSuffix(c.About, ".") || strings.Count(c.About, ". ") > 0 {
			t.Errorf("%s: About is not one sentence: %q", c.Name, c.About)
		}
		if c.Shown() && c.Want.Gone() {
			t.Errorf("%s is shown, though nobody is there", c.Name)
		}
		for _, name := range []diagnosis.Type{c.Want.Type, c.Alternative} {
			if name != "" && !name.Registered() {
				t.Errorf("%s: %q is not registered", c.Name, name)
			}
		}
		if c.Want.Hint != strings.ToLower(c.Want.Hint) || (c.Want.Hint == "") != c.Want.Gone() {
			t.Errorf("%s: Hint %q is no word in lower case", c.Name, c.Want.Hint)
		}
		if (c.Alternative == "") != (c.Why == "") {
			t.Errorf("%s: an Alternative without a Why, or the other way round", c.Name)
		}
		if c.Alternative != "" {
			alternatives++
		}
	}
	if alternatives*10 > len(seen) {
		t.Errorf("%d of %d cases leave it to chance", alternatives, len(seen))
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
// or in part. Where the upstream promises that it did not look, it did.
func TestNotSent(t *testing.T) {
	takesLong(t)
	for _, c := range upstreamtest.Cases() {
		promise := c.Want.Phase == diagnosis.Receive
		if c.Want.Outcome != diagnosis.NotSent || c.Want.Party == diagnosis.Visitor {
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
			if got := u.Requests(); len(got) != 0 && !promise {
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
			"kept_connection_closed":     {body: "order=1", complete: true},
			"empty_502":                  {complete: true},
			"http2_goaway":               {complete: true},
			"http2_goaway_untaken_post":  {body: "order=1", complete: true},
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
			method, path := cmp.Or(c.Method, http.MethodGet), "/path"
			if strings.HasPrefix(c.Name, "http2_") {
				method, path = "", ""
			}
			if got[0].Method != method || got[0].Path != path || got[0].Bytes == 0 ||
				string(got[0].Body) != want.body || got[0].Complete != want.complete {
				t.Errorf("received %+v, want %s %s, %+v", got[0], method, path, want)
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
			if in != r && in.Header.Get("Upgrade") == "" {
				t.Errorf("%s: a plain GET was replaced", c.Name)
			}
			continue
		}
		if in.Method != c.Method || in.Header.Get("Accept") != "text/html" {
			t.Errorf("%s: got %s with %v", c.Name, in.Method, in.Header)
		}
		if !c.Shown() {
			continue // part of it is how the connection behaves
		}
		if c.MaxBody > 0 {
			in.Body = http.MaxBytesReader(httptest.NewRecorder(), in.Body, c.MaxBody)
		}
		n, err := io.Copy(io.Discard, in.Body)
		if (err != nil) != (c.Want.Type == diagnosis.HTTPRequestError) {
			t.Errorf("%s: reading the body gives %d bytes, %v", c.Name, n, err)
		}
		if err == nil && in.ContentLength >= 0 && n != in.ContentLength {
			t.Errorf("%s: the body has %d bytes, announced were %d", c.Name, n, in.ContentLength)
		}
	}
}
