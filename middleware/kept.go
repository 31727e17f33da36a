package middleware

import (
	"net/http"
	"slices"
)

// A keptAnswer is an answer of ours that a handler in between was given instead of the server:
// it may pass it on, change it, keep it to itself, or have tried something else that went well.
type keptAnswer struct {
	message
	id     string     // the X-Request-Id it went out with
	before headerCopy // the writer's header without it
	with   headerCopy // and with it
}

// keep gives an answer to a handler in between, whose header that is.
func (w *writer) keep(answer message, header http.Header) {
	kept := &keptAnswer{message: answer, before: copyOf(w.Header())}
	w.x.setHeaders(header, &kept.message)
	kept.id, kept.with = first(header, "X-Request-Id"), copyOf(header)
	w.answer = kept
}

// isIn reports that a response head is that of the answer, whatever became of it in between.
func (a *keptAnswer) isIn(status int, h http.Header) bool {
	return status == a.status && first(h, "X-Request-Id") == a.id
}

// isAsItWas reports that a header is that of the answer, and no other response's.
func (a *keptAnswer) isAsItWas(h http.Header) bool {
	return a != nil && first(h, "X-Request-Id") == a.id && first(h, "Content-Type") == a.contentType
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
	for _, line := range w.answer.with {
		switch now := h[line.name]; {
		case len(now) == 0 || len(line.values) == 0:
		case &now[0] == &line.values[0]:
			delete(h, line.name)
		case len(now) > len(line.values) && slices.Equal(now[:len(line.values)], line.values):
			h[line.name] = now[len(line.values):] // a ReverseProxy adds to what is there
		}
	}
	for _, line := range w.answer.before {
		if _, ok := h[line.name]; !ok {
			h[line.name] = line.values
		}
	}
	w.answer.release()
	w.answer = nil
}
