package middleware

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// statusClientClosed is what the access log shows of a visitor who seems to have left: the
// number that nginx made common. It is never sent.
const statusClientClosed = 499

// answer writes the answer for the incident. Where the response has begun it is cut off
// instead. A visitor who seems to have left gets an answer too: it costs nothing where nobody
// is there, and one who only closed his half of the connection waits for it.
func (x *exchange) answer(w http.ResponseWriter) {
	switch {
	case !x.wrapped() && hasBegun(w):
		sever(w, x.r)
		abort(x.r)
		return
	case x.wrapped() && x.w.phase == committed:
		x.w.phase = severed
		return
	case x.wrapped() && !x.w.untouched():
		return // it is ours already, or the connection is another's
	}
	x.extendWriteTimeout(w)
	direct := x.wrapped() && w == http.ResponseWriter(&x.w) // nothing stands in between that should see it too
	answer := x.render(direct && headers.AcceptsGzip(headers.List(x.r.Header["Accept-Encoding"])))
	if x.leavesBody() && (direct || !x.wrapped()) { // else a handler in between may still read it
		defer x.dropBody(w)
	}
	if !x.wrapped() {
		x.setHeaders(w.Header(), &answer)
		w.WriteHeader(answer.status)
		answer.writeBody(w, x.ask.method)
		answer.release()
		return
	}
	x.w.takeBack()
	x.w.drop()
	if direct {
		x.w.send(&answer)
		answer.release()
		return
	}
	x.w.keep(answer, w.Header())
	w.WriteHeader(answer.status)
	answer.writeBody(w, x.ask.method)
}

// Response returns the answer for err as a response, for forward proxies that want one
// instead of writing it, such as goproxy's OnResponse. The request is the visitor's; its
// host is the site's.
func (m *Middleware) Response(r *http.Request, err error) *http.Response {
	x := m.exchange(r)
	if x == nil {
		x = newExchange(m, r)
	}
	defer x.report()
	x.recorder.Choose(r, err)
	x.keepIncident(x.diagnose(r.Context(), err), err)
	answer := x.render(false)
	h := http.Header{}
	x.setHeaders(h, &answer)
	return newResponse(r, answer, h)
}

// newResponse makes a response of an answer.
func newResponse(r *http.Request, answer message, h http.Header) *http.Response {
	res := &http.Response{
		Status:     strconv.Itoa(answer.status) + " " + http.StatusText(answer.status),
		StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Request: r, Body: http.NoBody, ContentLength: int64(len(answer.body)),
	}
	if r.Method != http.MethodHead && len(answer.body) > 0 {
		res.Body = io.NopCloser(bytes.NewReader(answer.body))
	}
	return res
}
