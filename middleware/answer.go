package middleware

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// statusClientClosed is what is logged, and never sent to anybody who is there, when
// the visitor left: the number that nginx made common.
const statusClientClosed = 499

// answer writes the answer for a diagnosis and keeps the incident. Nothing is written
// into a response that has started.
func (x *exchange) answer(w http.ResponseWriter, d diagnosis.Diagnosis, err error) {
	if x.answered {
		return
	}
	x.answered = true
	x.record(d, err)
	if x.w == nil {
		defer x.report() // no Wrap will do it
	}
	if d.Gone() {
		x.gone = true
		if x.w == nil {
			w.WriteHeader(statusClientClosed)
		}
		return
	}
	if x.w != nil {
		if !x.w.untouched() {
			return
		}
		x.w.drop()
	}
	contentType, body := x.render()
	x.setHeaders(w.Header(), contentType, len(body))
	w.WriteHeader(x.incident.Status)
	if x.ask.method != http.MethodHead {
		_, _ = w.Write(body) // a visitor who left meanwhile is nobody's fault
	}
}

// render makes the bytes for the incident.
func (x *exchange) render() (contentType string, body []byte) {
	i := x.incident
	view := pages.View{
		Language: x.mw.languageOf(x.ask), Diagnosis: i.Diagnosis, Verdict: i.Verdict,
		Method: x.ask.method, Host: x.ask.host, Path: x.ask.path,
		Reference: i.Reference, Time: i.Started.Add(i.Duration),
	}
	if x.w != nil && i.Type != "" { // our endpoints exist only within Wrap
		view.Type = x.mw.config.Endpoints + problemPath + string(i.Type)
	}
	return x.mw.render(x.r.Context(), x.ask.form(), view)
}

// render makes the bytes of a form. It never depends on the request's context, which
// has often ended by now.
func (m *Middleware) render(ctx context.Context, f form, view pages.View) (contentType string, body []byte) {
	const plain = "text/plain; charset=utf-8"
	switch f {
	case formHTML:
		if view.Type != "" {
			view.Languages = m.languageLinks(view)
		}
		html, err := m.site.HTML(context.WithoutCancel(ctx), view)
		if err != nil {
			m.config.Logger.ErrorContext(ctx, "the page could not be rendered", "reference", view.Reference, "cause", err)
			html = m.site.Static(view.Diagnosis.Status)
		}
		return "text/html; charset=utf-8", html
	case formProblem:
		return "application/problem+json", m.site.Problem(view)
	case formJSON:
		return "application/json", m.site.Problem(view)
	case formNothing:
		return plain, []byte(strconv.Itoa(view.Diagnosis.Status) + "\n")
	}
	return plain, m.site.Text(view)
}

// setHeaders puts our header fields in the place of those that the failed response
// left. Those of outer handlers stay.
func (x *exchange) setHeaders(h http.Header, contentType string, length int) {
	if x.w != nil {
		refill(h, x.before)
	}
	for _, name := range []string{"Content-Encoding", "Content-Range", "Etag", "Last-Modified", "Accept-Ranges", "Trailer"} {
		if x.before[name] == nil {
			h.Del(name)
		}
	}
	x.mw.describe(h, contentType, x.mw.languageOf(x.ask).Tag, length)
	i := x.incident
	if i.Retryable && i.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((i.RetryAfter+999_999_999)/1e9)))
	}
	if x.mw.proxyStatus != "" && (i.Type != "" || i.ReceivedStatus != 0) {
		h.Add("Proxy-Status", x.mw.proxyStatusMember(i))
	}
}

// appendProxyStatus adds our member to the field of a gateway behind us whose error is
// passed on as it is.
func (m *Middleware) appendProxyStatus(res *http.Response) {
	if m.proxyStatus != "" && len(res.Header.Values("Proxy-Status")) > 0 {
		res.Header.Add("Proxy-Status", m.proxyStatus+"; received-status="+strconv.Itoa(res.StatusCode))
	}
}

// describe sets the fields that every body of ours has.
func (m *Middleware) describe(h http.Header, contentType, language string, length int) {
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(length))
	h.Set("Content-Language", language)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept, Accept-Language, Content-Type, Sec-Fetch-Dest, Sec-Fetch-Mode")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex")
	if strings.HasPrefix(contentType, "text/html") {
		h.Set("Content-Security-Policy", m.site.CSP())
	}
}

// proxyStatusMember is our member of the Proxy-Status list (RFC 9209 §2). Details and
// next-hop are left out: they would tell visitors about the inside.
func (m *Middleware) proxyStatusMember(i *Incident) string {
	member := m.proxyStatus
	if relayed := i.Err == nil; i.Type != "" && !relayed { // their error stands in their own member
		member += "; error=" + string(i.Type)
	}
	if i.Type == diagnosis.HTTPRequestError {
		member += "; status-code=" + strconv.Itoa(i.Status)
	}
	if i.Alert != 0 {
		member += "; alert-id=" + strconv.Itoa(i.Alert)
	}
	if i.ReceivedStatus != 0 {
		member += "; received-status=" + strconv.Itoa(i.ReceivedStatus)
	}
	return member
}

// isRPC reports answers in which a status without a body is complete.
func isRPC(h http.Header) bool {
	kind := h.Get("Content-Type")
	return strings.HasPrefix(kind, "application/grpc") || strings.HasPrefix(kind, "application/proto") || strings.HasPrefix(kind, "application/connect+")
}
