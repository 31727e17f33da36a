package middleware

import (
	"io"
	"sync/atomic"
)

// A requestTap remembers why the visitor's body could not be read. The transport
// returns that as its own error, at times with the upstream's address in it.
type requestTap struct {
	io.ReadCloser
	trip   *trip
	closed atomic.Bool
}

func (b *requestTap) Read(p []byte) (int, error) {
	b.trip.waiting.pause() // a slow visitor is no slow upstream; and what takes a body is not silent
	n, err := b.ReadCloser.Read(p)
	b.trip.waiting.restart(b.trip.upload())
	// After Close the transport has given up: then the body's error is not the cause.
	if err != nil && err != io.EOF && !b.closed.Load() { //nolint:errorlint // io.Reader's own contract
		b.trip.exchange.witness.note(func(f *progress) {
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

// A responseTap is a trip as the body of its answer. It remembers why that could not be
// read: ReverseProxy only logs it as text.
type responseTap trip

func (b *responseTap) Read(p []byte) (int, error) {
	b.stalling.restart((*trip)(b).stall())
	n, err := b.body.Read(p)
	b.stalling.pause()
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's own contract
		b.exchange.witness.bodyBroke(err)
	}
	return n, err
}

func (b *responseTap) Close() error {
	b.stalling.stop()
	defer b.end(nil)
	return b.body.Close()
}
