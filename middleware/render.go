package middleware

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

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
func (m *Middleware) render(r *http.Request, site tenant, f form, view *pages.View, gzip bool) message {
	answer := message{form: f, status: view.Diagnosis.Status, language: view.Language.Tag}
	if f != formHTML && f != formFrame {
		renderText(site.Site, view, &answer)
		return answer
	}
	view.Frame, view.Request, view.Browser, view.Secure = f == formFrame, r, m.browserOf(r.Header), headers.IsSecure(r)
	if !view.Frame && view.Type != "" {
		m.putSwitcher(view, site.words, headers.List(r.Header["Accept-Language"]))
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
