package middleware

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A trip is one RoundTrip: an exchange has several when an outer transport repeats it. It is
// the context of the request that the transport gets.
type trip struct {
	context.Context // of the request that came, with an end of our own
	end             context.CancelCauseFunc

	exchange *exchange
	out      http.Request // the one that came, with our context
	isFirst  bool         // of the exchange
	mayWait  bool         // no limit holds until the head
	trace    httptrace.ClientTrace
	dialling atomic.Pointer[context.Context] // made when a dialler asks for its hooks

	waiting  *clock        // for the upstream; nil: no limit
	body     io.ReadCloser // of the answer
	stalling *clock        // while that comes, and before until an answer must be made at the latest; nil: no limit
}

// begin also returns the upstream: that of the witness may be another trip's when this one
// ends.
func (t *transport) begin(req *http.Request, x *exchange) (p *trip, upstream string) {
	p, upstream = x.witness.begin(&x.trip, t, req)
	if p.isFirst {
		x.keepEncoding()
	}
	p.exchange, p.mayWait = x, mayWait(req)
	p.Context, p.end = context.WithCancelCause(req.Context())
	p.out = *req.WithContext(p)
	p.listen(httptrace.ContextClientTrace(p.Context))
	if p.head() > 0 || p.upload() > 0 {
		p.waiting = newClock(p.tooSlow)
		p.waiting.left = p.head()
		p.waiting.count()
	}
	if left := x.answerTime(); left > 0 {
		p.stalling = newClock(p.tooSlow)
		p.stalling.restart(left)
	}
	return p, upstream
}

// stopWaiting ends the limits until the head.
func (p *trip) stopWaiting() {
	p.waiting.stop()
	p.stalling.stop()
}

// head is the limit for all that is spent on waiting until the final head; 0: none.
func (p *trip) head() time.Duration {
	if p.mayWait {
		return 0
	}
	return p.exchange.mw.config.ResponseTimeout
}

// stall is the limit until more of a body of known length comes; 0: none.
func (p *trip) stall() time.Duration { return p.exchange.mw.config.StallTimeout }

// upload is the limit until the upstream takes more of the body.
func (p *trip) upload() time.Duration {
	if p.out.ContentLength > 0 {
		return shorter(p.head(), p.stall())
	}
	return p.head()
}

// request returns the request with our context and a tap on its body.
func (p *trip) request() *http.Request {
	req := &p.out
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &requestTap{ReadCloser: req.Body, trip: p}
	}
	return req
}

// note changes what is known of the RoundTrip, while no other has followed.
func (p *trip) note(change func(*progress)) {
	t := &p.exchange.witness
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isCurrent(p) {
		change(&t.facts)
	}
}

// reach notes a step. Steps are only gone forward; a new attempt starts them anew.
func (p *trip) reach(s diagnosis.Step) {
	p.note(func(f *progress) {
		f.Step = max(f.Step, s)
		p.exchange.witness.watch.reach(s)
	})
}

// dial notes a step on the way to a connection. Once a connection is there such events
// belong to a spare one that the transport opens for its pool.
func (p *trip) dial(s diagnosis.Step) {
	p.note(func(f *progress) {
		if f.Step < diagnosis.StepConn {
			f.Step = max(f.Step, s)
			p.exchange.witness.watch.reach(s)
		}
	})
}

func (p *trip) tooSlow() {
	p.note(func(f *progress) { f.TimedOut = true })
	p.end(errTooSlow)
}

func (p *trip) receive(res *http.Response) (*http.Response, error) {
	p.note(func(f *progress) {
		f.Step, f.Status, f.Length = diagnosis.StepResponse, int32(res.StatusCode), res.ContentLength
		p.exchange.witness.watch.reach(diagnosis.StepResponse)
	})
	if res.StatusCode == http.StatusSwitchingProtocols {
		if got := first(res.Header, "Upgrade"); !strings.EqualFold(got, first(p.out.Header, "Upgrade")) || got == "" {
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
	if p.stall() > 0 && res.ContentLength > 0 && !protocolOf(first(res.Header, "Content-Type")).streams() {
		p.stalling = newClock(p.tooSlow)
	}
	p.body, res.Body = res.Body, (*responseTap)(p)
	return res, nil
}

// refuse ends an answer that cannot be passed on.
func (p *trip) refuse(res *http.Response, t diagnosis.Type, hint string) error {
	p.end(nil)
	_ = res.Body.Close()
	return &diagnosis.Error{Type: t, Hint: hint, Err: fmt.Errorf("status %d", res.StatusCode)}
}
