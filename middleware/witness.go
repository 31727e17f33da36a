package middleware

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A witness gathers facts while the transport works. Trace hooks run in goroutines of
// the transport, some after RoundTrip returned, hence the lock.
type witness struct {
	mu       sync.Mutex
	facts    progress
	upstream string
	conn     uint64    // tells that of the last attempt from others
	secure   *tls.Conn // it, where net/http made TLS of it
	byName   bool      // the name of the URL was looked up …
	byURL    bool      // … and an address of it dialled: no dialler or Proxy of the host program chose it
	body     bodyState
	repeats  int16 // attempts that could go on for ever
	trips    int16 // RoundTrips begun
	watch    stopwatch
	last     *transport    // of the last RoundTrip …
	out      *http.Request // … and its request
	others   *trips        // what is known besides; nil: nothing
}

// A bodyState says how far the visitor's body was read, by whoever reads it.
type bodyState uint8

const (
	bodyNone bodyState = iota // there is none, or nothing tells
	bodyOpen
	bodyBegun
	bodyRead // to its end
)

// begin starts a RoundTrip. One that is not the first repeats the request, or is about
// something else: what an earlier one did may count too, see [trips].
func (t *witness) begin(first *trip, via *transport, out *http.Request) (p *trip, upstream string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch p = first; {
	case p == noTrip:
	case t.out == nil:
		p.isFirst = true
	default:
		p = new(trip)
	}
	t.next(p)
	f := t.facts
	t.repeats, t.conn, t.secure = 0, 0, nil
	t.trips++
	t.last, t.out, t.upstream = via, out, via.upstreamOf(out.URL)
	t.watch.begin()
	t.facts = progress{Attempts: f.Attempts, BodyErr: f.BodyErr}
	return p, t.upstream
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

func (t *witness) snapshot() diagnosis.Facts {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.others != nil && t.others.chosen != nil {
		return t.others.chosen.facts
	}
	return t.latest().facts
}

func (t *witness) bodyError() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.others == nil {
		return nil
	}
	return t.others.bodyErr
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
	t.facts.Unseen = t.facts.Unseen || s >= bodyBegun && !t.facts.GotConn
	t.mu.Unlock()
}

func (t *witness) bodyBroke(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.more().bodyErr = err
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

// looksUp notes which name the transport looks up.
func (t *witness) looksUp(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byName = t.byName || t.out != nil && t.out.URL != nil && name == t.out.URL.Hostname()
}

// dials notes which address it connects to.
func (t *witness) dials(address string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byURL = t.byURL || t.out != nil && t.out.URL != nil && port == portOf(t.out.URL) && (t.byName || host == t.out.URL.Hostname())
}
