package middleware

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// holdLimit is how much of a response is held back at the most: what net/http would
// keep in its own buffer anyway.
const holdLimit = 2 << 10

type writerPhase uint8

const (
	fresh     writerPhase = iota // no final status yet
	held                         // a status, not sent yet: it may still become a page
	replaced                     // our answer takes the place of what the handler writes
	committed                    // the response has started
	severed                      // it cannot be completed: it is to end visibly
	hijacked                     // the connection is no longer ours
)

// A writer stands between the handler and the server. It holds back only a proxied
// response of known length and a status that may be replaced, and those only until the
// first flush, the declared length or 2 KiB.
type writer struct {
	http.ResponseWriter
	x *exchange

	phase    writerPhase
	isAlone  bool // between it and a ReverseProxy stands nothing
	isDue    bool // an answer is, as soon as that has returned
	fault    lengthFault
	status   int32
	header   headers.Copy // as it was at WriteHeader, while held
	body     []byte       // while held
	answer   *keptAnswer  // ours, while a handler in between has it; it may answer otherwise
	length   int64        // the Content-Length of the response; -1: none, or it has no body
	encoding http.Header  // what a handler in between set that encodes the body; nil: none does
	out      int64        // body bytes passed on
}

func (w *writer) untouched() bool { return w.phase == fresh || w.phase == held }

// WriteHeader sends interim statuses at once, holds a final one that may become a page,
// and sends any other. A second final status is ignored.
func (w *writer) WriteHeader(status int) {
	switch {
	case w.phase != fresh:
		return
	case status >= 100 && status < 200 && status != http.StatusSwitchingProtocols:
		if !w.x.hinted && w.x.recorder.Count() == 0 {
			w.x.keepEncoding() // of an upstream asked by a transport that is not ours
		}
		w.x.hinted = true
		w.ResponseWriter.WriteHeader(status)
		return
	case w.answer != nil && w.answer.isIn(status, w.Header()):
		w.send(&w.answer.message)
		return
	case w.answer != nil:
		w.takeBack() // a handler in between tried something else, and has another answer
	}
	w.status = int32(status)
	w.x.standIn()
	w.restoreAfterInterim()
	w.length = w.declared(status)
	switch {
	case w.x.replaces(status, w.Header()):
		w.fill()
		w.phase = replaced // the rest of what the handler writes goes nowhere
	case w.fillable(), w.proxiedHold():
		w.phase = held
		w.header = headers.CopyOf(w.Header())
	default:
		w.commit()
	}
}

// declared returns the length that the head of a response with this status tells of a body
// that follows; -1: none.
func (w *writer) declared(status int) int64 {
	field := headers.First(w.Header(), "Content-Length")
	if field == "" || w.x.ask.method == http.MethodHead || status == http.StatusNoContent || status == http.StatusNotModified || status < 200 {
		return -1
	}
	length, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		return -1
	}
	return length
}

// send sends our answer as it is, whatever a handler in between makes of it: one that
// compresses would do so without saying it, as its Content-Encoding is gone.
func (w *writer) send(answer *message) {
	w.answer, w.status = nil, int32(answer.status)
	w.x.setHeaders(w.Header(), answer)
	w.length = -1
	w.commit()
	answer.writeBody(w, w.x.ask.method)
	w.phase = replaced // the rest of what comes from inside goes nowhere
}

// commit starts the response with what was held. A status that the server refuses by a panic
// has begun nothing: whoever recovers that can still answer.
func (w *writer) commit() {
	wasHeld := w.phase == held
	w.phase = fresh
	if h := w.Header(); !wasHeld || w.header.Equal(h) {
		w.ResponseWriter.WriteHeader(int(w.status))
	} else {
		// What was set after WriteHeader is not part of the head; it may be trailers.
		later := headers.CopyOf(h)
		w.header.Restore(h)
		w.ResponseWriter.WriteHeader(int(w.status))
		later.Restore(h)
	}
	w.phase = committed
	body := w.body
	w.header, w.body = nil, nil
	if len(body) > 0 {
		n, _ := w.ResponseWriter.Write(body) // the next Write meets the same error
		w.out += int64(n)
	}
}

// drop forgets what was held: it becomes a page.
func (w *writer) drop() { w.phase, w.status, w.header, w.body = fresh, 0, nil, nil }

// settle ends a held response whose handler has returned.
func (w *writer) settle() {
	if w.length > int64(len(w.body)) && w.x.incident == nil {
		w.failLength(int64(len(w.body)))
		return
	}
	if w.fillable() && w.isNothing(nil) && !headers.IsRPC(w.Header()) {
		w.fill()
		return
	}
	w.commit()
}

func (w *writer) Write(p []byte) (int, error) {
	if w.phase == fresh && w.answer.begins(p) {
		w.send(&w.answer.message) // its status got lost in between
	}
	if w.phase == fresh {
		w.WriteHeader(http.StatusOK)
	}
	switch w.phase {
	case replaced, severed:
		return len(p), nil
	case held:
		got := int64(len(w.body) + len(p))
		if w.length >= 0 && got > w.length && w.x.incident == nil {
			w.failLength(got)
			return len(p), nil
		}
		isNothing := len(p) == 0 || w.fillable() && w.isNothing(p)
		if w.proxiedHold() && (got >= int64(w.x.declared) || got > holdLimit) || !w.proxiedHold() && !isNothing {
			w.commit()
			break
		}
		w.body = append(w.body, p...)
		return len(p), nil
	}
	n, err := w.ResponseWriter.Write(p)
	w.out += int64(n)
	w.sawWrite(err, w.length >= 0 && w.out-int64(n)+int64(len(p)) > w.length)
	return n, err
}

// proxiedHold reports a proxied answer of known length: if it breaks off before
// anything was sent, it can still become a page.
func (w *writer) proxiedHold() bool {
	return w.x.proxied != nil && w.x.declared > 0 && w.x.ask.method != http.MethodHead
}

// ReadFrom keeps the server's fast copy (sendfile) once the response has started.
// Without it io.Copy would reach the server behind our back.
func (w *writer) ReadFrom(src io.Reader) (int64, error) {
	if w.phase == fresh && w.answer == nil {
		return w.copyFresh(src)
	}
	var total int64
	buf := make([]byte, holdLimit)
	for w.phase != committed {
		n, err := src.Read(buf)
		if n > 0 {
			if _, werr := w.Write(buf[:n]); werr != nil {
				return total, werr
			}
			total += int64(n)
		}
		if err == io.EOF { // io.Reader's own contract
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
	n, err := io.Copy(w.ResponseWriter, src)
	w.out += n
	w.sawWrite(err, false)
	return total + n, err
}

// copyFresh lets the server copy: a 200 is never held here, and net/http passes on what
// comes slowly. The response starts with the first byte; until then an error or a header
// field can still follow. A source that panics may have started it.
func (w *writer) copyFresh(src io.Reader) (int64, error) {
	w.x.standIn()
	w.restoreAfterInterim()
	w.phase, w.status, w.length = committed, http.StatusOK, w.declared(http.StatusOK)
	n, err := io.Copy(w.ResponseWriter, src)
	if n == 0 {
		w.phase, w.status = fresh, 0
	}
	w.out += n
	w.sawWrite(err, false)
	return n, err
}

// FlushError commits: who flushes wants the visitor to see the response now.
func (w *writer) FlushError() error {
	if w.phase == fresh && w.answer.isAsItWas(w.Header()) {
		w.send(&w.answer.message)
	}
	if w.phase == fresh {
		w.WriteHeader(http.StatusOK)
	}
	if w.phase == held && w.x.emptied && w.isNothing(nil) {
		w.settle()
	}
	if w.phase == held {
		w.commit()
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Flush is FlushError for handlers that ask for an http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// Hijack hands the connection over.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.phase, w.status = hijacked, cmp.Or(w.status, http.StatusSwitchingProtocols)
	}
	return conn, rw, err
}

// CloseNotify is what gin's Context.Stream asks every writer for.
//
// Deprecated: it is here for old handlers; the request's context tells the same.
func (w *writer) CloseNotify() <-chan bool {
	left := make(chan bool, 1)
	context.AfterFunc(w.x.r.Context(), func() { left <- true })
	return left
}

// Push passes HTTP/2 server push on.
func (w *writer) Push(target string, opts *http.PushOptions) error {
	if p, ok := w.ResponseWriter.(http.Pusher); ok {
		return p.Push(target, opts)
	}
	return http.ErrNotSupported
}

// Unwrap lets [http.ResponseController] reach the deadlines.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
