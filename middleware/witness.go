package middleware

import (
	"crypto/tls"
	"io"
	"net/http/httptrace"
	"sync"
	"sync/atomic"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A witness gathers facts while the transport works. Trace hooks run in goroutines of
// the transport, some after RoundTrip returned, hence the lock.
type witness struct {
	mu       sync.Mutex
	facts    diagnosis.Facts
	bodyErr  error // from reading the upstream's body
	upstream string
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

func (t *witness) note(change func(*diagnosis.Facts)) {
	t.mu.Lock()
	change(&t.facts)
	t.mu.Unlock()
}

// dial notes a step on the way to a connection. Once a connection is there such events
// belong to a spare one that the transport opens for its pool.
func (t *witness) dial(s diagnosis.Step) {
	t.note(func(f *diagnosis.Facts) {
		if f.Step < diagnosis.StepConn && f.Step < s {
			f.Step = s
		}
	})
}

func (t *witness) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			t.note(func(f *diagnosis.Facts) { f.Step, f.Attempts = diagnosis.StepPool, f.Attempts+1 })
		},
		DNSStart:     func(httptrace.DNSStartInfo) { t.dial(diagnosis.StepLookup) },
		ConnectStart: func(string, string) { t.dial(diagnosis.StepDial) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				t.dial(diagnosis.StepConnected)
			}
		},
		TLSHandshakeStart: func() { t.dial(diagnosis.StepTLS) },
		TLSHandshakeDone:  func(tls.ConnectionState, error) {},
		GotConn: func(httptrace.GotConnInfo) {
			t.note(func(f *diagnosis.Facts) { f.Step, f.GotConn = diagnosis.StepConn, true })
		},
		WroteHeaders: func() {
			t.note(func(f *diagnosis.Facts) { f.Step, f.Wrote = max(f.Step, diagnosis.StepHeaders), true })
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				t.note(func(f *diagnosis.Facts) { f.Step = max(f.Step, diagnosis.StepSent) })
			}
		},
		GotFirstResponseByte: func() {
			t.note(func(f *diagnosis.Facts) { f.Step = max(f.Step, diagnosis.StepHead) })
		},
	}
}

// A requestTap remembers why the visitor's body could not be read. The transport
// returns that as its own error, at times with the upstream's address in it.
type requestTap struct {
	io.ReadCloser
	witness *witness
	closed  atomic.Bool
}

func (b *requestTap) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	// After Close the transport has given up: then the body's error is not the cause.
	if err != nil && err != io.EOF && !b.closed.Load() { //nolint:errorlint // io.Reader's own contract
		b.witness.note(func(f *diagnosis.Facts) {
			if f.BodyErr == nil {
				f.BodyErr = err
			}
		})
	}
	return n, err
}

func (b *requestTap) Close() error {
	b.closed.Store(true)
	return b.ReadCloser.Close()
}

// A responseTap remembers why the upstream's body could not be read: ReverseProxy only
// logs it as text.
type responseTap struct {
	io.ReadCloser
	witness *witness
	done    func()
}

func (b *responseTap) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's own contract
		b.witness.mu.Lock()
		b.witness.bodyErr = err
		b.witness.mu.Unlock()
	}
	return n, err
}

func (b *responseTap) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}
