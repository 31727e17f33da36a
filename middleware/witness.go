package middleware

import (
	"net"
	"net/http/httptrace"
	"sync"

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
}

// begin starts a RoundTrip. One that is not the first repeats the request: what an
// earlier one proved still holds.
func (t *witness) begin(upstream string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.facts
	t.upstream = upstream
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

// reach notes a step. Steps are only gone forward; a new attempt starts them anew.
func (t *witness) reach(s diagnosis.Step) {
	t.note(func(f *diagnosis.Facts) { f.Step = max(f.Step, s) })
}

// dial notes a step on the way to a connection. Once a connection is there such events
// belong to a spare one that the transport opens for its pool.
func (t *witness) dial(s diagnosis.Step) {
	t.note(func(f *diagnosis.Facts) {
		if f.Step < diagnosis.StepConn {
			f.Step = max(f.Step, s)
		}
	})
}

func (t *witness) trace(p *trip) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			t.note(func(f *diagnosis.Facts) {
				f.Step, f.Attempts = diagnosis.StepPool, f.Attempts+1
				f.Capped = f.Attempts > maxAttempts
			})
			if t.snapshot().Capped {
				p.end(errRepeated)
			}
		},
		DNSStart:     func(httptrace.DNSStartInfo) { t.dial(diagnosis.StepLookup) },
		ConnectStart: func(string, string) { t.dial(diagnosis.StepDial) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				t.dial(diagnosis.StepConnected)
			}
		},
		TLSHandshakeStart: func() { t.dial(diagnosis.StepTLS) },
		GotConn: func(info httptrace.GotConnInfo) {
			t.note(func(f *diagnosis.Facts) {
				f.Step, f.GotConn, f.Reused = diagnosis.StepConn, true, info.Reused
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
