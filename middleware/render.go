package middleware

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"

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
	page        pages.Page // that the body is of; of other forms empty
}

// release gives the page's memory back: nobody looks at the body any more.
func (a *message) release() {
	if a.page.Body != nil {
		a.page.Release()
		a.body = nil
	}
}

// writeBody writes the body where the method has one.
func (a *message) writeBody(w http.ResponseWriter, method string) {
	if method != http.MethodHead && len(a.body) > 0 {
		_, _ = w.Write(a.body) // a visitor who left meanwhile is nobody's fault
	}
}

// view puts in what the answer shows of the incident.
func (x *exchange) view(view *pages.View, site *pages.Site) {
	i := x.incident
	view.Language = languageOf(site, x.ask.language, x.ask.acceptLanguage)
	view.Diagnosis, view.Verdict, view.Time = i.shown(x.ask.method), i.Verdict, i.Started.Add(i.Duration)
	if i.Gone() {
		view.Verdict = diagnosis.Judge(view.Diagnosis, diagnosis.Evidence{Side: x.mw.config.Side})
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
	}
}

// render makes the answer for the incident.
func (x *exchange) render(gzip bool) message {
	site := x.mw.siteOf(x.r)
	var view pages.View
	x.view(&view, site)
	answer := x.mw.render(x.r, site, x.ask.form, &view, gzip)
	if answer.form == formGRPC {
		answer.status = http.StatusOK // the failure is told by the fields of gRPC
	}
	return answer
}

// render makes the bytes of a form, and completes the view for it; gzip says that a page may
// be compressed. It never depends on the request's context, which has often ended by now.
func (m *Middleware) render(r *http.Request, site *pages.Site, f form, view *pages.View, gzip bool) message {
	answer := message{form: f, status: view.Diagnosis.Status, language: view.Language.Tag}
	if f != formHTML && f != formFrame {
		renderText(site, view, &answer)
		return answer
	}
	view.Frame, view.Request, view.Secure = f == formFrame, r, headers.IsSecure(r)
	m.warnOfStatusPage(site, view.Host)
	page, err := site.Page(r.Context(), view, gzip)
	if err != nil {
		m.logUnrendered(r.Context(), err, &page, view)
	}
	answer.contentType, answer.body, answer.policy, answer.page = "text/html; charset=utf-8", page.Body, page.Policy, page
	if page.Gzip {
		answer.encoding = "gzip"
	}
	return answer
}

// logUnrendered records what failed in a brand's own parts, which costs those, or in ours,
// which costs the page.
func (m *Middleware) logUnrendered(ctx context.Context, err error, page *pages.Page, view *pages.View) {
	message := "a part of the page could not be rendered"
	if page.Static {
		message = "the page could not be rendered"
	}
	if m.limiter.admits(recordKind{level: slog.LevelError, message: message, status: view.Diagnosis.Status}) {
		m.config.Logger.ErrorContext(context.WithoutCancel(ctx), message, "reference", view.Reference, "cause", cause(err))
	}
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
