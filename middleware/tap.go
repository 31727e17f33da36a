package middleware

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A requestTap remembers why the visitor's body could not be read. The transport
// returns that as its own error, at times with the upstream's address in it.
type requestTap struct {
	io.ReadCloser
	trip   *trip
	begun  bool
	closed atomic.Bool
}

func (b *requestTap) Read(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		b.trip.witness.sawBody(bodyBegun)
	}
	b.trip.waiting.pause() // a slow visitor is no slow upstream
	n, err := b.ReadCloser.Read(p)
	b.trip.waiting.restart(b.trip.upload)
	if err == io.EOF { //nolint:errorlint // io.Reader's own contract
		b.trip.witness.sawBody(bodyRead)
	}
	// After Close the transport has given up: then the body's error is not the cause.
	if err != nil && err != io.EOF && !b.closed.Load() { //nolint:errorlint // io.Reader's own contract
		b.trip.witness.note(func(f *diagnosis.Facts) {
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
	trip    *trip
	waiting *clock // nil: no limit
	limit   time.Duration
}

func (b *responseTap) Read(p []byte) (int, error) {
	b.waiting.restart(b.limit)
	n, err := b.ReadCloser.Read(p)
	b.waiting.pause()
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's own contract
		b.trip.witness.bodyBroke(err)
	}
	return n, err
}

func (b *responseTap) Close() error {
	b.waiting.stop()
	defer b.trip.end(nil)
	return b.ReadCloser.Close()
}
