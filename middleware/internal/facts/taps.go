package facts

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A requestTap remembers why the visitor's body could not be read. The transport
// returns that as its own error, at times with the upstream's address in it.
type requestTap struct {
	io.ReadCloser
	roundTrip *RoundTrip
	closed    atomic.Bool
	length    int64 // that was read
}

// errLength is a fault of the host program: net/http's server gives as many bytes as the
// visitor announced, or an error. With HTTP/2 only the upstream notices.
var errLength = &diagnosis.Error{
	Hint: "the request body is shorter than its Content-Length: what is in front of the proxy, or Rewrite, read or changed it; let it put the body back and set ContentLength",
	Err:  errors.New("the request body is shorter than its Content-Length"),
}

func (b *requestTap) Read(p []byte) (int, error) {
	b.roundTrip.waiting.pause() // a slow visitor is no slow upstream; and what takes a body is not silent
	n, err := b.ReadCloser.Read(p)
	b.roundTrip.waiting.restart(b.roundTrip.upload())
	if n > 0 && b.length == 0 {
		b.roundTrip.note(func(f *progress) { f.Unseen = f.Unseen || !f.GotConn })
	}
	b.length += int64(n)
	if err == io.EOF && b.length < b.roundTrip.out.ContentLength { // io.Reader's own contract
		b.broke(errLength)
	}
	// After Close the transport has given up: then the body's error is not the cause.
	if err != nil && err != io.EOF && !b.closed.Load() { // io.Reader's own contract
		b.broke(err)
	}
	return n, err
}

func (b *requestTap) broke(err error) {
	b.roundTrip.recorder.note(func(f *progress) {
		switch {
		case f.BodyErr != nil:
		case err == errLength && f.Step >= diagnosis.StepHead:
			f.BodyErr = http.ErrBodyReadAfterClose // the server took the rest, as it does once an answer begins
		default:
			f.BodyErr = err
		}
	})
}

func (b *requestTap) Close() error {
	b.closed.Store(true)
	return b.ReadCloser.Close()
}

// A responseTap is a RoundTrip as the body of its answer. It remembers why that could not be
// read: ReverseProxy only logs it as text.
type responseTap RoundTrip

func (b *responseTap) Read(p []byte) (int, error) {
	b.stalling.restart(b.limits.Body)
	n, err := b.body.Read(p)
	b.stalling.pause()
	if err != nil && err != io.EOF { // io.Reader's own contract
		b.recorder.bodyBroke(err)
	}
	return n, err
}

func (b *responseTap) Close() error {
	b.stalling.stop()
	defer b.end(nil)
	return b.body.Close()
}
