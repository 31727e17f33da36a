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
// how far the request came, who broke a body. It keeps the time limits of the [Config],
// ends the endless repetitions of net/http (golang/go#52459), and refuses statuses that
// are not of three digits and upgrades that nobody asked for, which would make a
// ReverseProxy panic or leave a connection open. A nil base means
// [http.DefaultTransport]; base is never cloned or changed.
//
// A Transport of net/http can hang for ever after a broken HTTP/2 flow control update
// (golang/go#77331): one Transport per upstream keeps that from spreading.
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
	base     http.RoundTripper
	mw       *Middleware
	circuits *circuits // nil: each request is tried
}

// failFast returns t as a proxy uses it.
func (t *transport) failFast() *transport {
	if t.mw.config.FailFast == 0 || t.mw.config.Side == diagnosis.SideVisitor {
		return t
	}
	return &transport{base: t.base, mw: t.mw, circuits: &circuits{moment: t.mw.config.FailFast, now: t.mw.config.Now}}
}

// maxRepeats is how often a transport may send one request over a new connection, or over
// the same one again. It does so a few times for good reasons; more than that is a loop.
const maxRepeats = 8

var (
	errTooSlow  = errors.New("a time limit of the gateway has passed")
	errRepeated = fmt.Errorf("the transport repeated the request more than %d times", maxRepeats)
)

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := exchangeOf(req.Context())
	if x == nil || x.mw != t.mw {
		return t.base.RoundTrip(req)
	}
	if t.circuits == nil {
		return t.roundTrip(req, x)
	}
	key := circuitKeyOf(t.base, req)
	if err := t.circuits.refuse(key); err != nil {
		x.witness.begin(t.base, req)
		return nil, err
	}
	tried := false // also where base panics, others shall be able to try
	defer func() {
		if !tried {
			t.circuits.missed(key, diagnosis.Diagnosis{}, nil)
		}
	}()
	res, err := t.roundTrip(req, x)
	tried = true
	if f := x.facts(); err == nil || f.GotConn {
		t.circuits.connected(key)
	} else {
		t.circuits.missed(key, diagnosis.Of(err, f), err)
	}
	return res, err
}

func (t *transport) roundTrip(req *http.Request, x *exchange) (*http.Response, error) {
	trip := t.begin(req, &x.witness)
	res, err := t.base.RoundTrip(trip.request(req))
	trip.waiting.stop()
	if err != nil {
		trip.end(nil)
		return nil, err
	}
	if !mayBeFilled(res.StatusCode) {
		t.mw.memory.Answered(x.witness.upstream)
	}
	return trip.receive(res)
}

// A trip is one RoundTrip: an exchange has several when an outer transport repeats it.
type trip struct {
	witness *witness
	ctx     context.Context
	end     context.CancelCauseFunc

	waiting *clock        // for the upstream; nil: no limit
	head    time.Duration // until the final head
	upload  time.Duration // until the upstream takes more of the body
	stall   time.Duration // until more of an answer of known length comes
	upgrade string        // the protocol that the request asks to switch to
}

func (t *transport) begin(req *http.Request, w *witness) *trip {
	w.begin(t.base, req)
	p := &trip{witness: w, upgrade: req.Header.Get("Upgrade")}
	ctx, end := context.WithCancelCause(req.Context())
	p.end = end
	if !isStream(req) {
		p.head, p.stall = t.mw.config.ResponseTimeout, t.mw.config.StallTimeout
		p.upload = p.head
		if req.ContentLength > 0 {
			p.upload = shorter(p.head, p.stall)
		}
	}
	if p.head > 0 || p.upload > 0 {
		p.waiting = newClock(p.tooSlow)
	}
	p.ctx = httptrace.WithClientTrace(ctx, w.trace(p))
	p.waiting.restart(p.head)
	return p
}

// request returns the request with our context and a tap on its body.
func (p *trip) request(req *http.Request) *http.Request {
	req = req.WithContext(p.ctx)
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &requestTap{ReadCloser: req.Body, trip: p}
		p.witness.sawBody(bodyOpen)
	}
	return req
}

func (p *trip) tooSlow() {
	p.witness.note(func(f *diagnosis.Facts) { f.TimedOut = true })
	p.end(errTooSlow)
}

func (p *trip) receive(res *http.Response) (*http.Response, error) {
	p.witness.note(func(f *diagnosis.Facts) {
		f.Step, f.Status, f.Length = diagnosis.StepResponse, res.StatusCode, res.ContentLength
		p.witness.watch.reach(diagnosis.StepResponse)
	})
	if res.StatusCode == http.StatusSwitchingProtocols {
		if got := res.Header.Get("Upgrade"); !strings.EqualFold(got, p.upgrade) || got == "" {
			return nil, p.refuse(res, diagnosis.HTTPUpgradeFailed, "the upstream switched to a protocol that nobody asked for")
		}
		return res, nil // ReverseProxy needs that body as it is
	}
	if res.StatusCode < 100 || res.StatusCode > 999 { // RFC 9110 §15: three digits, from 100
		return nil, p.refuse(res, diagnosis.HTTPProtocolError, "the upstream sent a status that is not three digits, from 100 on")
	}
	if res.StatusCode == http.StatusNotModified && res.ContentLength > 0 {
		// That is the length of a 200 (RFC 9110 §8.6); net/http with HTTP/2 waits for a body.
		_ = res.Body.Close() // empty
		res.Body, res.ContentLength = http.NoBody, 0
	}
	tap := &responseTap{ReadCloser: res.Body, trip: p}
	if p.stall > 0 && res.ContentLength > 0 {
		tap.waiting, tap.limit = newClock(p.tooSlow), p.stall
	}
	res.Body = tap
	return res, nil
}

// refuse ends an answer that cannot be passed on.
func (p *trip) refuse(res *http.Response, t diagnosis.Type, hint string) error {
	p.end(nil)
	_ = res.Body.Close()
	return &diagnosis.Error{Type: t, Hint: hint, Err: fmt.Errorf("status %d", res.StatusCode)}
}

// isStream reports requests that no time limit may touch.
func isStream(req *http.Request) bool {
	return req.Header.Get("Upgrade") != "" ||
		strings.HasPrefix(req.Header.Get("Content-Type"), "application/grpc") ||
		strings.Contains(req.Header.Get("Accept"), "text/event-stream")
}
