package middleware_test

import (
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// heard is what hooks of the host program were told.
type heard struct {
	mu     sync.Mutex
	events []string
}

func (h *heard) add(event string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, event)
}

func (h *heard) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              func(string) { h.add("GetConn") },
		DNSStart:             func(httptrace.DNSStartInfo) { h.add("DNSStart") },
		DNSDone:              func(httptrace.DNSDoneInfo) { h.add("DNSDone") },
		ConnectStart:         func(_, _ string) { h.add("ConnectStart") },
		GotConn:              func(httptrace.GotConnInfo) { h.add("GotConn") },
		WroteRequest:         func(httptrace.WroteRequestInfo) { h.add("WroteRequest") },
		GotFirstResponseByte: func() { h.add("GotFirstResponseByte") },
	}
}

// hears returns those of the events that were not told.
func (h *heard) hears(wanted ...string) (missing []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, event := range wanted {
		if !slices.Contains(h.events, event) {
			missing = append(missing, event)
		}
	}
	return missing
}

// TestHooksOfOthers: ours and those of the host program do not get in each other's way,
// wherever it puts them.
func TestHooksOfOthers(t *testing.T) {
	upstream := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	answered := []string{"GetConn", "DNSStart", "DNSDone", "ConnectStart", "GotConn", "WroteRequest", "GotFirstResponseByte"}
	for _, c := range []struct {
		name, target string
		wanted       []string
		failed       diagnosis.Type
	}{
		{"an upstream that answers", strings.Replace(upstream.URL, "127.0.0.1", "localhost", 1), answered, ""},
		{"nobody listens", deadUpstream, []string{"GetConn", "ConnectStart"}, diagnosis.ConnectionRefused},
	} {
		for _, place := range []string{"before the transport", "behind it"} {
			t.Run(c.name+", hooks "+place, func(t *testing.T) {
				var theirs heard
				incidents := make(chan *middleware.Incident, 1)
				mw := newMiddleware(t, middleware.Config{OnFailure: func(_ *http.Request, i *middleware.Incident) { incidents <- i }})
				base := new(http.Transport)
				t.Cleanup(base.CloseIdleConnections)
				listen := func(next http.RoundTripper) http.RoundTripper {
					return roundTrip(func(r *http.Request) (*http.Response, error) {
						return next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), theirs.trace())))
					})
				}
				way := mw.Transport(listen(base))
				if place == "before the transport" {
					way = listen(mw.Transport(base))
				}
				target, _ := url.Parse(c.target)
				gateway := serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r = r.Clone(r.Context())
					r.URL, r.RequestURI = target, ""
					res, err := way.RoundTrip(r)
					if err != nil {
						mw.ErrorHandler(w, r, err)
						return
					}
					_ = res.Body.Close()
				})))
				get(t, gateway.URL+"/")
				if missing := theirs.hears(c.wanted...); len(missing) > 0 {
					t.Errorf("not heard: %v", missing)
				}
				if c.failed == "" {
					return
				}
				if i := <-incidents; i.Type != c.failed || i.Phase != diagnosis.Connect || i.Outcome != diagnosis.NotSent || i.Attempts != 1 {
					t.Errorf("%s in %q, outcome %q, %d attempts", i.Type, i.Phase, i.Outcome, i.Attempts)
				}
			})
		}
	}
}
