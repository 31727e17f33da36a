package middleware

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A witness gathers facts while the transport works. Trace hooks run in goroutines of
// the transport, some after RoundTrip returned, hence the lock.
type witness struct {
	mu       sync.Mutex
	facts    progress
	bodyErr  error // from reading the upstream's body
	upstream string
	conn     uint64 // tells that of the last attempt from others
	byName   bool   // the name of the URL was looked up …
	byURL    bool   // … and an address of it dialled: no dialler or Proxy of the host program chose it
	body     bodyState
	repeats  int16 // attempts that could go on for ever
	trips    int16 // RoundTrips begun
	watch    stopwatch
	last     *transport    // of the last RoundTrip …
	out      *http.Request // … and its request
}

// A bodyState says how far the visitor's body was read, by whoever reads it.
type bodyState uint8

const (
	bodyNone bodyState = iota // there is none, or nothing tells
	bodyOpen
	bodyBegun
	bodyRead // to its end
)

// begin starts a RoundTrip. One that is not the first repeats the request: what an
// earlier one proved still holds.
func (t *witness) begin(last *transport, out *http.Request) (isFirst bool, upstream string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	isFirst = t.out == nil
	f := t.facts
	t.repeats, t.bodyErr = 0, nil
	t.trips++
	t.last, t.out, t.upstream = last, out, upstreamOf(out.URL)
	t.watch.begin()
	t.facts = progress{GotConn: f.GotConn, Wrote: f.Wrote, Attempts: f.Attempts, BodyErr: f.BodyErr}
	return isFirst, t.upstream
}

// count returns how many RoundTrips have begun.
func (t *witness) count() int16 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trips
}

// context returns that of the last RoundTrip's request, or nil.
func (t *witness) context() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.out == nil {
		return nil
	}
	return t.out.Context()
}

// upstreamOf names an upstream, as it is remembered and logged. A request can choose it, at a
// forward proxy say: what is longer than any host and port is cut.
func upstreamOf(u *url.URL) string {
	return u.Scheme[:min(len(u.Scheme), maxScheme)] + "://" + u.Host[:min(len(u.Host), maxHost)]
}

// maxScheme is much more than the schemes that a transport takes have.
const maxScheme = 16

func (t *witness) snapshot() diagnosis.Facts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.facts.facts()
}

func (t *witness) bodyError() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bodyErr
}

// bodyLeft reports a body of the visitor that was not read to its end.
func (t *witness) bodyLeft() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.body == bodyOpen || t.body == bodyBegun
}

// bodyUntouched reports one of which nothing was read: where the visitor waits for a word
// before sending it, nothing will come.
func (t *witness) bodyUntouched() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.body == bodyOpen
}

func (t *witness) sawBody(s bodyState) {
	t.mu.Lock()
	t.body = max(t.body, s)
	t.mu.Unlock()
}

func (t *witness) bodyBroke(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bodyErr = err
}

func (t *witness) note(change func(*progress)) {
	t.mu.Lock()
	change(&t.facts)
	t.mu.Unlock()
}

// total is how long the upstream took until its answer began, or failed.
func (t *witness) total() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.watch.total()
}

// reach notes a step. Steps are only gone forward; a new attempt starts them anew.
func (t *witness) reach(s diagnosis.Step) {
	t.note(func(f *progress) {
		f.Step = max(f.Step, s)
		t.watch.reach(s)
	})
}

// dial notes a step on the way to a connection. Once a connection is there such events
// belong to a spare one that the transport opens for its pool.
func (t *witness) dial(s diagnosis.Step) {
	t.note(func(f *progress) {
		if f.Step < diagnosis.StepConn {
			f.Step = max(f.Step, s)
			t.watch.reach(s)
		}
	})
}

// looksUp notes which name the transport looks up.
func (t *witness) looksUp(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byName = t.byName || t.out != nil && name == t.out.URL.Hostname()
}

// dials notes which address it connects to.
func (t *witness) dials(address string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byURL = t.byURL || t.out != nil && port == portOf(t.out.URL) && (t.byName || host == t.out.URL.Hostname())
}
