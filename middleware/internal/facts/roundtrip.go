package facts

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Limits are how long a RoundTrip may wait. The zero value has none.
type Limits struct {
	Head time.Duration // in all, until the final head; 0: no limit
	Body time.Duration // until more of a body of known length comes, or is taken; 0: no limit
}

// A RoundTrip is one call of a transport: an exchange has several when something in it tries
// again. It is the context of the request that the transport gets.
type RoundTrip struct {
	context.Context // of the request that came, with an end of our own
	end             context.CancelCauseFunc

	recorder *Recorder
	limits   *Limits
	out      http.Request // the one that came, with our context
	trace    httptrace.ClientTrace
	dialling atomic.Pointer[context.Context] // made when a dialler asks for its hooks

	waiting  *watchdog     // for the upstream; nil: no limit
	body     io.ReadCloser // of the answer
	stalling *watchdog     // while that comes, and before until an answer must be made at the latest; nil: no limit
}

// Begin starts a RoundTrip over via. The limits are shared and never changed; within is the
// time in which an answer must be made at the latest; 0: any. It also returns the upstream's name.
func (r *Recorder) Begin(via *Transport, req *http.Request, limits *Limits, within time.Duration) (*RoundTrip, string) {
	p, upstream := r.begin(nil, via, req)
	p.limits = limits
	p.Context, p.end = context.WithCancelCause(req.Context())
	p.out = *req.WithContext(p)
	p.listen(via.Base, httptrace.ContextClientTrace(p.Context))
	if limits.Head > 0 || p.upload() > 0 {
		p.waiting = newWatchdog(p.tooSlow)
		p.waiting.left = limits.Head
		p.waiting.count()
	}
	if within > 0 {
		p.stalling = newWatchdog(p.tooSlow)
		p.stalling.restart(within)
	}
	return p, upstream
}

// IsFirst reports the first RoundTrip of an exchange.
func (p *RoundTrip) IsFirst() bool { return p == &p.recorder.first }

// upload is the limit until the upstream takes more of the body.
func (p *RoundTrip) upload() time.Duration {
	if p.out.ContentLength > 0 {
		return shorter(p.limits.Head, p.limits.Body)
	}
	return p.limits.Head
}

// Request returns the request with our context and a tap on its body.
func (p *RoundTrip) Request() *http.Request {
	req := &p.out
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &requestTap{ReadCloser: req.Body, roundTrip: p}
	}
	return req
}

// note changes what is known of the RoundTrip, while no other has followed.
func (p *RoundTrip) note(change func(*progress)) {
	r := p.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isCurrent(p) {
		change(&r.facts)
	}
}

// reach notes a step. Steps are only gone forward; a new attempt starts them anew.
func (p *RoundTrip) reach(s diagnosis.Step) {
	p.note(func(f *progress) {
		f.Step = max(f.Step, s)
		p.recorder.watch.reach(s)
	})
}

// dial notes a step on the way to a connection. Once a connection is there such events
// belong to a spare one that the transport opens for its pool.
func (p *RoundTrip) dial(s diagnosis.Step) {
	p.note(func(f *progress) {
		if f.Step < diagnosis.StepConn {
			f.Step = max(f.Step, s)
			p.recorder.watch.reach(s)
		}
	})
}

func (p *RoundTrip) tooSlow() {
	p.note(func(f *progress) { f.TimedOut = true })
	p.end(errTooSlow)
}

// Answered ends the limits until the head, and notes that it has come.
func (p *RoundTrip) Answered(res *http.Response) {
	p.stopWaiting()
	p.note(func(f *progress) {
		f.Step, f.Status, f.Length = diagnosis.StepResponse, int16(res.StatusCode), res.ContentLength
		p.recorder.watch.reach(diagnosis.StepResponse)
	})
}

// Failed notes that the transport returned an error.
func (p *RoundTrip) Failed(err error) {
	p.stopWaiting()
	p.end(nil)
	p.recorder.failed(p, err)
}

func (p *RoundTrip) stopWaiting() {
	p.waiting.stop()
	p.stalling.stop()
}

// TapBody puts a tap on the body of the answer. A stream may stand still for as long as it
// likes.
func (p *RoundTrip) TapBody(res *http.Response, isStream bool) {
	if p.limits.Body > 0 && res.ContentLength > 0 && !isStream {
		p.stalling = newWatchdog(p.tooSlow)
	}
	p.body, res.Body = res.Body, (*responseTap)(p)
}

// End frees what waits for the RoundTrip, of which no answer is passed on.
func (p *RoundTrip) End() { p.end(nil) }
