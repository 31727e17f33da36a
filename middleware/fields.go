package middleware

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// consulted are the request header fields that may choose between answers.
const consulted = "Accept, Accept-Encoding, Accept-Language, Connect-Protocol-Version, Content-Type, Purpose, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Purpose, Upgrade, X-Moz"

// setHeaders puts our header fields in the place of those that the failed response
// left. Those of outer handlers stay.
func (x *exchange) setHeaders(h http.Header, answer *message) {
	if x.wrapped() {
		clear(h)
		maps.Copy(h, x.before)
	} else {
		for _, name := range [...]string{"Content-Encoding", "Content-Range", "Etag", "Last-Modified", "Accept-Ranges", "Trailer", "Retry-After", "Content-Disposition"} {
			delete(h, name)
		}
	}
	i := x.incident
	f := headers.NewFields(h)
	answer.describe(f)
	if x.leavesBody() {
		f.Set("Connection", "close")
	}
	if answer.form == formGRPC {
		x.setGRPC(f)
	}
	if d := i.shown(x.ask.method); d.Retryable && d.RetryAfter > 0 { // else what was kept of another's word stands there
		f.Set("Retry-After", headers.WholeSeconds(d.RetryAfter))
	}
	if headers.First(h, "X-Request-Id") == "" { // an outer handler's own is what its log knows
		f.Set("X-Request-Id", i.Reference)
	}
	if x.mw.proxyStatus != "" && (i.Type != "" || i.ReceivedStatus != 0) {
		f.Add("Proxy-Status", x.mw.proxyStatusMember(&i.Incident))
	}
}

// describe sets the fields that every answer of ours has.
func (a *message) describe(f *headers.Fields) {
	f.Set("Cache-Control", "no-store")
	f.Add("Vary", consulted)
	f.Set("X-Content-Type-Options", "nosniff")
	f.Set("Referrer-Policy", "same-origin")
	f.Set("X-Robots-Tag", "noindex")
	if a.form == formGRPC {
		f.Remove("Content-Length") // the status of gRPC counts as the end of the message
		return
	}
	f.Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.contentType == "" {
		f.Remove("Content-Type")
		return
	}
	f.Set("Content-Type", a.contentType)
	if a.encoding != "" {
		f.Set("Content-Encoding", a.encoding)
	}
	f.Set("Content-Language", a.language)
	if a.policy != "" {
		f.Set("Content-Security-Policy", a.policy)
	}
}

// appendProxyStatus adds our member to the field of a gateway behind us whose error is
// passed on as it is.
func (m *Middleware) appendProxyStatus(res *http.Response) {
	if m.proxyStatus != "" && len(res.Header.Values("Proxy-Status")) > 0 {
		res.Header.Add("Proxy-Status", m.proxyStatus+"; received-status="+strconv.Itoa(res.StatusCode))
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
