package middleware

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A witness gathers facts while the transport works. Trace hooks run in goroutines of
// the transport, some after RoundTrip returned, hence the lock.
type witness struct {
	mu       sync.Mutex
	facts    diagnosis.Facts
	bodyErr  error // from reading the upstream's body
	upstream string
	conn     net.Conn // of the last attempt, to be compared only
	byName   bool     // the address was looked up, or is the URL's own: no dialler of the host program chose it
	repeats  int      // attempts that could go on for ever
	body     bodyState
	watch    stopwatch
	base     http.RoundTripper // of the last RoundTrip …
	out      *http.Request     // … and its request
}

// A bodyState says how far the visitor's body was read.
type bodyState int

const (
	bodyNone bodyState = iota // there is none, or nobody was to read it
	bodyOpen
	bodyBegun
	bodyRead // to its end
)

// begin starts a RoundTrip. One that is not the first repeats the request: what an
// earlier one proved still holds.
func (t *witness) begin(base http.RoundTripper, out *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.facts
	t.repeats = 0
	t.base, t.out, t.upstream = base, out, out.URL.Scheme+"://"+out.URL.Host
	t.watch.begin(time.Now())
	t.facts = diagnosis.Facts{GotConn: f.GotConn, Wrote: f.Wrote, Attempts: f.Attempts, BodyErr: f.BodyErr}
}

func (t *witness) snapshot() diagnosis.Facts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.facts
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

func (t *witness) note(change func(*diagnosis.Facts)) {
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
	t.note(func(f *diagnosis.Facts) {
		f.Step = max(f.Step, s)
		t.watch.reach(s)
	})
}

// dial notes a step on the way to a connection. Once a connection is there such events
// belong to a spare one that the transport opens for its pool.
func (t *witness) dial(s diagnosis.Step) {
	t.note(func(f *diagnosis.Facts) {
		if f.Step < diagnosis.StepConn {
			f.Step = max(f.Step, s)
			t.watch.reach(s)
		}
	})
}

// chose notes where the transport looks, or connects to.
func (t *witness) chose(host string) {
	t.mu.Lock()
	t.byName = t.byName || t.out != nil && host == t.out.URL.Hostname()
	t.mu.Unlock()
}

// goesByName reports that the transport found the upstream's address by itself.
func (t *witness) goesByName() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byName
}

func (t *witness) trace(p *trip) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			t.note(func(f *diagnosis.Facts) {
				f.Step, f.Attempts = diagnosis.StepPool, f.Attempts+1
				f.Capped = t.repeats >= maxRepeats
				t.watch.restart()
			})
			if t.snapshot().Capped {
				p.end(errRepeated)
			}
		},
		DNSStart: func(info httptrace.DNSStartInfo) {
			t.dial(diagnosis.StepLookup)
			t.chose(info.Host)
		},
		ConnectStart: func(_, address string) {
			t.dial(diagnosis.StepDial)
			if host, _, err := net.SplitHostPort(address); err == nil {
				t.chose(host)
			}
		},
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				t.dial(diagnosis.StepConnected)
			}
		},
		TLSHandshakeStart: func() { t.dial(diagnosis.StepTLS) },
		GotConn: func(info httptrace.GotConnInfo) {
			t.note(func(f *diagnosis.Facts) {
				f.Step, f.GotConn, f.Reused = diagnosis.StepConn, true, info.Reused
				t.watch.reach(diagnosis.StepConn)
				if !info.Reused || t.conn == info.Conn {
					t.repeats++ // others are connections from the pool that had died there: there are only so many
				}
				if t.conn == info.Conn {
					f.Resent++ // HTTP/1.1 never takes a connection twice for one request
				} else {
					t.conn, f.Resent = info.Conn, 0
				}
			})
		},
		WroteHeaders: func() {
			t.note(func(f *diagnosis.Facts) { f.Step, f.Wrote = max(f.Step, diagnosis.StepHeaders), true })
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				t.reach(diagnosis.StepSent)
				p.waiting.restart(p.head)
			}
		},
		GotFirstResponseByte: func() { t.reach(diagnosis.StepHead) },
	}
}
