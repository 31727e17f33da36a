package facts

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Recorder gathers facts while the transport works. Trace hooks run in goroutines of
// the transport, some after RoundTrip returned, hence the lock.
type Recorder struct {
	mu       sync.Mutex
	facts    progress
	upstream string
	conn     uint64    // tells that of the last attempt from others
	secure   *tls.Conn // it, where net/http made TLS of it
	byName   bool      // the name of the URL was looked up …
	byURL    bool      // … and an address of it dialled: no dialler or Proxy of the host program chose it
	body     BodyState
	repeats  int16 // attempts that could go on for ever
	trips    int16 // RoundTrips begun
	watch    stopwatch
	via      *Transport    // of the last RoundTrip …
	out      *http.Request // … and its request
	others   *attempts     // what is known besides; nil: nothing
	first    RoundTrip
}

// A BodyState says how far the visitor's body was read, by whoever reads it.
type BodyState uint8

const (
	BodyNone BodyState = iota // there is none, or nothing tells
	BodyOpen
	BodyBegun
	BodyRead // to its end
)

// begin notes a RoundTrip. One that is not the first repeats the request, or is about
// something else: what an earlier one did may count too, see [attempts].
// Where p is nil there is one made, the first in its own room. It also returns the upstream's
// name: that of the recorder may be another's when this one ends.
func (r *Recorder) begin(p *RoundTrip, via *Transport, out *http.Request) (*RoundTrip, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p == nil {
		if p = &r.first; p.recorder != nil { // two may begin at once
			p = new(RoundTrip)
		}
		p.recorder = r
	}
	r.next(p)
	r.repeats, r.conn, r.secure = 0, 0, nil
	r.trips++
	r.via, r.out, r.upstream = via, out, via.Upstream(out.URL)
	r.watch.begin()
	r.facts = progress{Attempts: r.facts.Attempts, BodyErr: r.facts.BodyErr}
	return p, r.upstream
}

// Refuse notes an answer of our own in the place of a RoundTrip, which has not begun.
func (r *Recorder) Refuse(via *Transport, out *http.Request, err error) {
	r.begin(noRoundTrip, via, out)
	r.failed(noRoundTrip, err)
}

// Count returns how many RoundTrips have begun.
func (r *Recorder) Count() int16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trips
}

// Context returns that of the last RoundTrip's request, or nil.
func (r *Recorder) Context() context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out == nil {
		return nil
	}
	return r.out.Context()
}

// Facts returns what was seen of the RoundTrip that the failure is about.
func (r *Recorder) Facts() diagnosis.Facts {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.others != nil && r.others.chosen != nil {
		return r.others.chosen.facts
	}
	return r.latest().facts
}

// BodyError returns the error from reading the upstream's body; nil: there was none.
func (r *Recorder) BodyError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.others == nil {
		return nil
	}
	return r.others.bodyErr
}

// ForgetBodyError forgets it: what the visitor gets is something else.
func (r *Recorder) ForgetBodyError() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.others != nil {
		r.others.bodyErr = nil
	}
}

// BodyLeft reports a body of the visitor that was not read to its end.
func (r *Recorder) BodyLeft() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body == BodyOpen || r.body == BodyBegun
}

// BodyUntouched reports one of which nothing was read: where the visitor waits for a word
// before sending it, nothing will come.
func (r *Recorder) BodyUntouched() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body == BodyOpen
}

// SawBody notes how far the visitor's body was read.
func (r *Recorder) SawBody(s BodyState) {
	r.mu.Lock()
	r.body = max(r.body, s)
	r.mu.Unlock()
}

func (r *Recorder) bodyBroke(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.more().bodyErr = err
}

func (r *Recorder) note(change func(*progress)) {
	r.mu.Lock()
	change(&r.facts)
	r.mu.Unlock()
}

// Total is how long the upstream took until its answer began, or failed.
func (r *Recorder) Total() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.watch.total()
}

// Outcome is what a RoundTrip is remembered by.
type Outcome struct {
	Upstream string
	Status   int   // 0: no answer came
	Trips    int16 // RoundTrips begun
	Attempts int   // connections asked for
	Times    Times
}

// Outcome returns that of the last RoundTrip.
func (r *Recorder) Outcome() Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Outcome{Upstream: r.upstream, Status: int(r.facts.Status), Trips: r.trips}
}

// Stop ends the last phase of a RoundTrip that failed, and returns its outcome with all times.
func (r *Recorder) Stop() Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch.stop()
	return Outcome{r.upstream, int(r.facts.Status), r.trips, int(r.facts.Attempts), r.watch.times()}
}

// Direct returns the RoundTripper and the request of the last RoundTrip, and whether it looked
// up the request's own name and dialled an address of that; nil: there was none.
func (r *Recorder) Direct() (base http.RoundTripper, out *http.Request, byURL bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out == nil || r.out.URL == nil {
		return nil, nil, false
	}
	return r.via.Base, r.out, r.byURL
}

// looksUp notes which name the transport looks up.
func (r *Recorder) looksUp(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byName = r.byName || r.out != nil && r.out.URL != nil && name == r.out.URL.Hostname()
}

// dials notes which address it connects to.
func (r *Recorder) dials(address string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byURL = r.byURL || r.out != nil && r.out.URL != nil && port == PortOf(r.out.URL) && (r.byName || host == r.out.URL.Hostname())
}
