package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Transport returns a RoundTripper that uses base and gathers what the diagnosis needs:
// how far the request came, who broke a body. It refuses upstream statuses outside 100
// to 999, which would make a ReverseProxy panic. A nil base means
// [http.DefaultTransport]; base is never cloned or changed.
func (m *Middleware) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if t, ok := base.(*transport); ok && t.mw == m {
		return t
	}
	return &transport{base: base, mw: m}
}

type transport struct {
	base http.RoundTripper
	mw   *Middleware
}

var errResponseTimeout = errors.New("the response timeout of the gateway has passed")

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := exchangeOf(req.Context())
	if x == nil || x.mw != t.mw {
		return t.base.RoundTrip(req)
	}
	w := &x.witness
	w.mu.Lock()
	w.upstream = req.URL.Scheme + "://" + req.URL.Host
	// A second call repeats the request: what an earlier one proved still holds.
	w.facts = diagnosis.Facts{GotConn: w.facts.GotConn, Wrote: w.facts.Wrote, Attempts: w.facts.Attempts, BodyErr: w.facts.BodyErr}
	w.mu.Unlock()

	ctx, stop, cancel := t.deadline(httptrace.WithClientTrace(req.Context(), w.trace()), req, w)
	req = req.WithContext(ctx)
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &requestTap{ReadCloser: req.Body, witness: w}
	}
	res, err := t.base.RoundTrip(req)
	stop()
	if err != nil {
		cancel()
		return nil, err
	}
	return t.receive(res, w, cancel)
}

// deadline bounds the time until the final response head. http.Transport has no such
// limit that also covers dialling, sending and its own repetitions. stop ends the
// clock, cancel frees the context.
func (t *transport) deadline(parent context.Context, req *http.Request, w *witness) (ctx context.Context, stop, cancel func()) {
	if t.mw.config.ResponseTimeout == 0 || isStream(req) {
		return parent, func() {}, func() {}
	}
	ctx, end := context.WithCancelCause(parent)
	timer := time.AfterFunc(t.mw.config.ResponseTimeout, func() {
		w.note(func(f *diagnosis.Facts) { f.TimedOut = true })
		end(errResponseTimeout)
	})
	return ctx, func() { timer.Stop() }, func() { end(nil) }
}

func (t *transport) receive(res *http.Response, w *witness, cancel func()) (*http.Response, error) {
	w.note(func(f *diagnosis.Facts) {
		f.Step, f.Status = diagnosis.StepResponse, res.StatusCode
		f.Upgraded = res.StatusCode == http.StatusSwitchingProtocols
	})
	if res.StatusCode < 100 || res.StatusCode > 999 { // RFC 9110 §15: three digits, from 100

		cancel()
		res.Body.Close()
		return nil, &diagnosis.Error{
			Type: diagnosis.HTTPProtocolError,
			Hint: "the upstream sent a status that is not of three digits, from 100 on",
			Err:  fmt.Errorf("status %d", res.StatusCode),
		}
	}
	if res.StatusCode != http.StatusSwitchingProtocols { // ReverseProxy needs that body as it is
		res.Body = &responseTap{res.Body, w, cancel}
	}
	return res, nil
}

// isStream reports requests that no timeout may touch.
func isStream(req *http.Request) bool {
	return req.Header.Get("Upgrade") != "" ||
		strings.HasPrefix(req.Header.Get("Content-Type"), "application/grpc") ||
		strings.Contains(req.Header.Get("Accept"), "text/event-stream")
}
