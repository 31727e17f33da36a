package middleware_test

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// TestEveryFailure drives each case of upstreamtest through a real gateway and holds the
// incident and the answer against what the case says.
func TestEveryFailure(t *testing.T) {
	t.Parallel()
	for _, c := range upstreamtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			_, gateway, incidents := startCase(t, c)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			res, err := c.Visit(ctx, gateway.URL+"/cart?secret=1", http.Header{"Accept": {"application/problem+json"}})
			incident := <-incidents
			got := incident.Diagnosis
			got.Hint, got.Retryable, got.RetryAfter, got.ReceivedStatus, got.Alert = "", false, 0, 0, 0
			want := c.Want
			want.Hint, want.Retryable, want.RetryAfter, want.ReceivedStatus = "", false, 0, 0
			if got != want {
				t.Errorf("diagnosis of %v:\n got %+v\nwant %+v", incident.Err, got, want)
			}
			if want.Status == 0 {
				if err == nil {
					t.Errorf("the visitor had left, yet got status %d", res.StatusCode)
				}
				return
			}
			if err != nil {
				t.Fatalf("the visitor got no answer: %v", err)
			}
			defer res.Body.Close()
			checkProblem(t, res, c.Want, incident)
		})
	}
}

// startCase starts the upstream of a case and a gateway in front of it.
func startCase(t *testing.T, c upstreamtest.Case) (*upstreamtest.Upstream, *httptest.Server, <-chan *middleware.Incident) {
	t.Helper()
	upstream, err := upstreamtest.Start(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(upstream.Close)
	incidents := make(chan *middleware.Incident, 2)
	mw := newMiddleware(t, middleware.Config{
		Name:      "edge",
		OnFailure: func(_ *http.Request, i *middleware.Incident) { incidents <- i },
	})
	transport := upstream.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	handler := mw.Proxy(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(upstream.URL) },
		ErrorLog:  log.New(io.Discard, "", 0),
	})
	if c.MaxBody > 0 {
		handler = http.MaxBytesHandler(handler, c.MaxBody)
	}
	gateway := httptest.NewUnstartedServer(handler)
	gateway.Config.ErrorLog = log.New(io.Discard, "", 0)
	gateway.Start()
	t.Cleanup(gateway.Close)
	return upstream, gateway, incidents
}

func newMiddleware(t testing.TB, c middleware.Config) *middleware.Middleware {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	mw, err := middleware.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return mw
}

// checkProblem holds an answer of problem+json against the diagnosis.
func checkProblem(t *testing.T, res *http.Response, want diagnosis.Diagnosis, incident *middleware.Incident) {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("the answer broke off: %v", err)
	}
	var problem struct {
		Type, Title, Detail, Instance, Error, Phase, Party, Outcome, Confidence, Scope, Reference string
		Status                                                                                    int
	}
	if err := json.Unmarshal(body, &problem); err != nil {
		t.Fatalf("the answer is no JSON: %v: %.100q", err, body)
	}
	for _, c := range []struct{ what, got, want string }{
		{"error", problem.Error, string(want.Type)},
		{"phase", problem.Phase, string(want.Phase)},
		{"outcome", problem.Outcome, string(want.Outcome)},
		{"reference", problem.Reference, incident.Reference},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	if res.StatusCode != want.Status || problem.Status != want.Status {
		t.Errorf("status: got %d, in the body %d, want %d", res.StatusCode, problem.Status, want.Status)
	}
	if problem.Title == "" || problem.Detail == "" || problem.Scope == "" || problem.Confidence == "" {
		t.Errorf("empty members in %s", body)
	}
	status := res.Header.Get("Proxy-Status")
	if want.Type != "" && !strings.HasPrefix(status, "edge; error="+string(want.Type)) {
		t.Errorf("Proxy-Status: got %q", status)
	}
	for _, leak := range []string{"127.0.0.1:", "dial tcp", "secret", "upstream.invalid"} {
		if strings.Contains(strings.ReplaceAll(string(body), problem.Instance, ""), leak) {
			t.Errorf("%q leaks into the answer: %s", leak, body)
		}
	}
}
