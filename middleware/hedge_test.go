package middleware_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestTwoRoundTripsAtOnce: a transport that hedges has two begin at the same time. The race
// detector sees what they share.
func TestTwoRoundTripsAtOnce(t *testing.T) {
	t.Parallel()
	working := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }))
	mw := newMiddleware(t, middleware.Config{})
	ours := mw.Transport(&http.Transport{})
	p := proxyTo(t, working.URL)
	p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		answers, start := make(chan *http.Response, 2), make(chan struct{})
		for range 2 {
			go func() {
				<-start
				res, err := ours.RoundTrip(r.Clone(r.Context()))
				if err != nil {
					t.Error(err)
				}
				answers <- res
			}()
		}
		close(start)
		res, other := <-answers, <-answers
		_ = other.Body.Close()
		return res, nil
	})
	gateway := serve(t, mw.Wrap(p))
	for range 50 {
		if r := get(t, gateway.URL); r.status != http.StatusOK || r.body != "fine" {
			t.Fatalf("status %d, %q, %v", r.status, r.body, r.err)
		}
	}
}
