package middleware

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// statusClientClosed is what the access log shows of a visitor who seems to have left: the
// number that nginx made common. It is never sent.
const statusClientClosed = 499

// answer keeps the incident and writes the answer for it, unless that is due only when the
// ReverseProxy has returned. Nothing is written into a response that has started.
func (x *exchange) answer(w http.ResponseWriter, d diagnosis.Diagnosis, err error) {
	x.record(d, err)
	if !x.wrapped() {
		defer x.report() // no Wrap will do it
	}
	if !x.w.due {
		x.deliver(w)
	}
}

// deliver writes the answer for the incident. Where the response has begun it is cut off
// instead. A visitor who seems to have left gets an answer too: it costs nothing where nobody
// is there, and one who only closed his half of the connection waits for it.
func (x *exchange) deliver(w http.ResponseWriter) {
	switch {
	case !x.wrapped() && hasBegun(w):
		sever(w, x.r, first(w.Header(), "Content-Length") == "")
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
	answer := x.render(direct && acceptsGzip(list(x.r.Header["Accept-Encoding"])))
	if x.leavesBody() {
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

// leavesBody reports an HTTP/1 request whose body nobody took to its end. Without Wrap that
// cannot be told: then a body counts as left.
func (x *exchange) leavesBody() bool {
	if x.given == nil {
		return x.r.ProtoMajor == 1 && hasBody(x.r)
	}
	return x.recorder.BodyLeft()
}

// bodyPatience is how long a visitor may still send a body that nobody reads.
const bodyPatience = 2 * time.Second

// dropBody sends the answer before net/http waits for the rest of a body: a visitor who
// sends slowly, or waits himself, would see nothing until then.
func (x *exchange) dropBody(w http.ResponseWriter) {
	patience := bodyPatience
	if x.r.Header.Get("Expect") != "" && x.recorder.BodyUntouched() {
		patience = 0 // the visitor sends nothing now (RFC 9110 §10.1.1)
	}
	c := http.NewResponseController(w)
	if c.Flush() == nil {
		_ = c.SetReadDeadline(time.Now().Add(patience))
	}
}

// A message is an answer of ours before it is sent.
type message struct {
	form
	status      int
	contentType string // empty: no body is described
	encoding    string // Content-Encoding; empty: none
	policy      string // Content-Security-Policy of a page
	language    string
	body        []byte
	buffer      *[]byte // that the body is in, of the pool; nil: in none
}

// pageBuffers hold pages while they are written.
var pageBuffers = sync.Pool{New: func() any { return new([]byte) }}

// release gives the buffer back: nobody looks at the body any more.
func (a *message) release() {
	if a.buffer != nil {
		*a.buffer = a.body[:0]
		pageBuffers.Put(a.buffer)
		a.body, a.buffer = nil, nil
	}
}

// writeBody writes the body where the method has one.
func (a *message) writeBody(w http.ResponseWriter, method string) {
	if method != http.MethodHead && len(a.body) > 0 {
		_, _ = w.Write(a.body) // a visitor who left meanwhile is nobody's fault
	}
}

// view puts in what the answer shows of the incident.
func (x *exchange) view(view *pages.View, t tenant) {
	i := x.incident
	view.Language = t.languageOf(x.ask.language, x.ask.acceptLanguage)
	view.Diagnosis, view.Verdict, view.Time = i.shown(x.ask.method), i.Verdict, i.Started.Add(i.Duration)
	if i.Gone() {
		view.Verdict = diagnosis.Judge(view.Diagnosis, diagnosis.Seen{Side: x.mw.config.Side})
	}
	view.Method, view.Host, view.Path = x.ask.method, x.ask.host, x.ask.path
	view.Reference, view.Trace = i.Reference, i.Trace
	if x.wrapped() && i.Type != "" { // our endpoints exist only within Wrap
		view.Type = x.mw.problems[i.Type]
	}
	if x.wrapped() {
		view.ClearCache = x.mw.clearCacheURL
	}
	if x.wrapped() && i.statusKey != "" && i.passes {
		view.Status = x.mw.config.Endpoints + statusPath + "?k=" + i.statusKey
		view.Canaries = x.mw.canaries
	}
}

// render makes the answer for the incident.
func (x *exchange) render(gzip bool) message {
	t := x.mw.tenantOf(x.r)
	var view pages.View
	x.view(&view, t)
	answer := x.mw.render(x.r, t, x.ask.form, &view, gzip)
	if answer.form == formGRPC {
		answer.status = http.StatusOK // the failure is told by the fields of gRPC
	}
	return answer
}

// render makes the bytes of a form, and completes the view for it; gzip says that a page may
// be compressed. It never depends on the request's context, which has often ended by now.
//
// On the way to a page the view is copied once, and what is seldom needed is in functions of
// its own: for the stack's sake, see [Middleware.wrap].
func (m *Middleware) render(r *http.Request, site tenant, f form, view *pages.View, gzip bool) message {
	answer := message{form: f, status: view.Diagnosis.Status, language: view.Language.Tag}
	if f != formHTML && f != formFrame {
		renderText(site.Site, view, &answer)
		return answer
	}
	view.Frame, view.Request, view.Browser, view.Secure = f == formFrame, r, m.browserOf(r.Header), isSecure(r)
	if !view.Frame && view.Type != "" {
		m.putSwitcher(view, site.words, list(r.Header["Accept-Language"]))
	}
	m.warnOfStatusPage(site.Site, view.Host)
	answer.contentType = "text/html; charset=utf-8"
	if !renderPrepared(site.Site, view, gzip, &answer) {
		m.renderAnew(r, site.Site, view, &answer)
	}
	return answer
}

func renderText(site *pages.Site, view *pages.View, answer *message) {
	answer.contentType = "text/plain; charset=utf-8"
	switch answer.form {
	case formProblem:
		answer.contentType, answer.body = "application/problem+json", site.Problem(*view)
	case formJSON:
		answer.contentType, answer.body = "application/json", site.Problem(*view)
	case formMarkdown:
		answer.contentType, answer.body = "text/markdown; charset=utf-8", site.Markdown(*view)
	case formNumber:
		answer.body = []byte(strconv.Itoa(view.Diagnosis.Status) + "\n")
	case formGRPC, formEmpty:
		answer.contentType = ""
	default:
		answer.body = site.Text(*view)
	}
}

// renderPrepared makes a page with its policy, where that is possible of what is ready.
func renderPrepared(site *pages.Site, view *pages.View, gzip bool, answer *message) bool {
	buffer := pageBuffers.Get().(*[]byte)
	page, policy, ok := site.AppendPrepared((*buffer)[:0], view, gzip)
	if !ok {
		pageBuffers.Put(buffer)
		return false
	}
	answer.body, answer.policy, answer.buffer = page, policy, buffer
	if gzip {
		answer.encoding = "gzip"
	}
	return true
}

// renderAnew makes any page. What fails in a brand's own parts costs those, and in ours the
// page: then a static one is there.
func (m *Middleware) renderAnew(r *http.Request, site *pages.Site, view *pages.View, answer *message) {
	ctx := context.WithoutCancel(r.Context())
	var err error
	if answer.body, answer.policy, err = site.Render(ctx, *view); err == nil {
		return
	}
	message := "a part of the page could not be rendered"
	if answer.body == nil {
		message = "the page could not be rendered"
		answer.body = site.Static(view.Diagnosis.Status)
	}
	if m.gate.admits(failureKind{level: slog.LevelError, message: message, status: view.Diagnosis.Status}) {
		m.config.Logger.ErrorContext(ctx, message, "reference", view.Reference, "cause", cause(err))
	}
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
	x.record(x.diagnose(r.Context(), err), err)
	answer := x.render(false)
	h := http.Header{}
	x.setHeaders(h, &answer)
	return newResponse(r, answer, h)
}
