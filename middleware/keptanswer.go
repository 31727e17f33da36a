package middleware

import (
	"net/http"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// A keptAnswer is an answer of ours that a handler in between was given instead of the server:
// it may pass it on, change it, keep it to itself, or have tried something else that went well.
type keptAnswer struct {
	message
	id     string       // the X-Request-Id it went out with
	before headers.Copy // the writer's header without it
	with   headers.Copy // and with it
}

// keep gives an answer to a handler in between, whose header that is.
func (w *writer) keep(answer message, header http.Header) {
	kept := &keptAnswer{message: answer, before: headers.CopyOf(w.Header())}
	w.x.setHeaders(header, &kept.message)
	kept.id, kept.with = headers.First(header, "X-Request-Id"), headers.CopyOf(header)
	w.answer = kept
}

// isIn reports that a response head is that of the answer, whatever became of it in between.
func (a *keptAnswer) isIn(status int, h http.Header) bool {
	return status == a.status && headers.First(h, "X-Request-Id") == a.id
}

// isAsItWas reports that a header is that of the answer, and no other response's.
func (a *keptAnswer) isAsItWas(h http.Header) bool {
	return a != nil && headers.First(h, "X-Request-Id") == a.id && headers.First(h, "Content-Type") == a.contentType
}

// begins reports that these bytes are the answer's own: a handler in between passes its body
// on and no status.
func (a *keptAnswer) begins(p []byte) bool {
	return a != nil && len(p) > 0 && len(a.body) > 0 && &p[0] == &a.body[0]
}

// takeBack forgets an answer that nobody needs any more, and takes its fields out of the
// writer's header: a handler in between may share that.
func (w *writer) takeBack() {
	if w.answer == nil {
		return
	}
	h := w.Header()
	w.answer.with.TakeOut(h)
	w.answer.before.FillIn(h)
	w.answer.release()
	w.answer = nil
}
