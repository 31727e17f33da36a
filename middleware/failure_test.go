package middleware_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// TestEveryFailure drives each case of upstreamtest through a real gateway and holds the
// incident and the answer against what the case says.
func TestEveryFailure(t *testing.T) {
	var table sync.Map // of lines, by name
	t.Cleanup(func() { printTable(t, &table) })
	for _, c := range upstreamtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			_, gateway, incidents := startCase(t, c)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			res, err := c.Visit(ctx, gateway.URL+"/cart?secret=1", http.Header{"Accept": {"application/problem+json"}})
			if err == nil {
				defer res.Body.Close()
			}
			incident := await(t, c, incidents)
			if incident != nil {
				checkIncident(t, c, incident)
				table.Store(c.Name, incident)
			}
			switch {
			case c.Want.Status == 0 && c.Name == "visitor_left_half_closed":
				if err != nil || res.StatusCode != http.StatusBadRequest {
					t.Errorf("a visitor who closed his half of the connection waits for an answer, and got %v, %v", res, err)
				}
			case c.Want.Status == 0:
				if err == nil {
					t.Errorf("the visitor had left, yet got status %d", res.StatusCode)
				}
			case c.Cut && brokeOff(t, res, err):
			case err != nil:
				t.Fatalf("the visitor got no answer: %v", err)
			case incident != nil:
				checkProblem(t, res, c.Want, incident)
			}
		})
	}
}

// printTable shows what was expected and what was found, case by case.
func printTable(t *testing.T, found *sync.Map) {
	line := func(d diagnosis.Diagnosis) string {
		return fmt.Sprintf("%3d %-33s %-7s %-7s %-8s", d.Status, d.Type, d.Phase, d.Party, d.Outcome)
	}
	var b strings.Builder
	for i, c := range upstreamtest.Cases() {
		got := "nothing is reported"
		if v, ok := found.Load(c.Name); ok {
			got = line(v.(*middleware.Incident).Diagnosis) + " " + v.(*middleware.Incident).Hint
		}
		fmt.Fprintf(&b, "%3d %-36s want %s\n%45s %s\n", i+1, c.Name, line(c.Want), "got", got)
	}
	t.Logf("status, error type, phase, party, outcome, hint:\n%s", &b)
}

// await waits for the incident. Of a visitor who left while the answer came in nothing
// need be told: that is no failure.
func await(t *testing.T, c upstreamtest.Case, incidents <-chan *middleware.Incident) *middleware.Incident {
	t.Helper()
	patience, mayBeNone := 10*time.Second, c.Want.Gone() && c.Want.Outcome == diagnosis.Answered
	if mayBeNone {
		patience = upstreamtest.Limit
	}
	select {
	case i := <-incidents:
		return i
	case <-time.After(patience):
		if !mayBeNone {
			t.Error("no incident was reported")
		}
		return nil
	}
}

func checkIncident(t *testing.T, c upstreamtest.Case, incident *middleware.Incident) {
	t.Helper()
	got, want := incident.Diagnosis, c.Want
	if got.Type == c.Alternative && c.Alternative != "" {
		got.Type = want.Type
	}
	if !strings.Contains(strings.ToLower(got.Hint), want.Hint) {
		t.Errorf("hint for %v: got %q, want one with %q", chain(incident.Err), got.Hint, want.Hint)
	}
	if want.RetryAfter == 0 {
		got.RetryAfter = 0
	}
	got.Hint, got.Retryable, got.ReceivedStatus, got.Alert, got.Limit = want.Hint, false, 0, 0, want.Limit
	if got != want {
		t.Errorf("diagnosis of %v:\n got %+v\nwant %+v", chain(incident.Err), got, want)
	}
}

// chain is an error's text with the types of all its links.
func chain(err error) string {
	if err == nil {
		return "no error"
	}
	text := err.Error() + " ("
	for link := err; link != nil; link = errors.Unwrap(link) {
		text += fmt.Sprintf("%T ", link)
	}
	return strings.TrimSpace(text) + ")"
}

// brokeOff reports whether an answer that had begun ended visibly. A page in its place is
// right where nothing had been sent.
func brokeOff(t *testing.T, res *http.Response, err error) bool {
	t.Helper()
	if err != nil {
		return true
	}
	if res.StatusCode != http.StatusOK {
		return false
	}
	if n, err := io.Copy(io.Discard, res.Body); err == nil {
		t.Errorf("the answer seems whole, after %d bytes", n)
	}
	return true
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
		Name:            "edge",
		ResponseTimeout: c.ResponseTimeout,
		StallTimeout:    c.StallTimeout,
		OnFailure:       func(_ *http.Request, i *middleware.Incident) { incidents <- i },
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
	gateway.Config.ReadTimeout = c.ReadTimeout
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
	if want.Type != "" && incident.Err != nil && !strings.HasPrefix(status, "edge; error="+string(want.Type)) {
		t.Errorf("Proxy-Status: got %q", status)
	}
	for _, leak := range []string{"127.0.0.1:", "dial tcp", "secret", "upstream.invalid"} {
		if strings.Contains(strings.ReplaceAll(string(body), problem.Instance, ""), leak) {
			t.Errorf("%q leaks into the answer: %s", leak, body)
		}
	}
}
