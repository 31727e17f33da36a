package middleware_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// faults are what is wrong with an answer.
type faults []string

func (f *faults) add(format string, values ...any) { *f = append(*f, fmt.Sprintf(format, values...)) }

func (f *faults) equal(what, got, want string) {
	if got != want {
		f.add("%s: got %q, want %q", what, got, want)
	}
}

// field compares all lines of a field: one that is there twice is wrong too.
func (f *faults) field(got reply, name, want string) {
	f.equal(name, strings.Join(got.header.Values(name), " | "), want)
}

// check holds an answer against what is right for the combination; get is the answer to
// the same request with GET.
func (c combination) check(got, get reply) (f faults) {
	if got.err != nil {
		f.add("no whole answer: %v", got.err)
		return f
	}
	c.checkConnection(&f, got)
	if c.asSent() {
		c.checkAsSent(&f, got)
		return f
	}
	c.checkStatus(&f, got)
	c.checkFields(&f, got)
	c.checkPolicy(&f, got)
	if c.method != http.MethodHead {
		c.checkLength(&f, got)
		c.checkBody(&f, got)
	} else if get.err == nil && c.outage.name != bodyCut {
		c.checkHead(&f, got, get)
	}
	return f
}

// asSent reports answers that are not ours to replace: HEAD has no body that could be cut,
// and an upstream's empty 503 is filled only for those who name a form.
func (c combination) asSent() bool {
	switch c.outage.name {
	case bodyCut:
		return c.method == http.MethodHead
	case empty503:
		return c.visitor.form == asText || c.visitor.form == asNumber || c.visitor.form == asEmpty
	}
	return false
}

func (c combination) checkAsSent(f *faults, got reply) {
	status, retryAfter := c.outage.status, c.outage.retryAfter
	if c.outage.name == bodyCut {
		status, retryAfter = 200, ""
	}
	f.equal("status", strconv.Itoa(got.status), strconv.Itoa(status))
	f.equal("body", got.body, "")
	for _, field := range spoilt {
		f.field(got, field[0], field[1])
	}
	f.field(got, "Retry-After", retryAfter)
	for _, name := range []string{"X-Request-Id", "X-Robots-Tag", "Content-Language", "Proxy-Status"} {
		f.field(got, name, "")
	}
}

// checkConnection: a body of which nobody knows the end ends the connection, and nothing
// else does. HTTP/2 has no such fields (RFC 9113 §8.2.2).
func (c combination) checkConnection(f *faults, got reply) {
	want := ""
	if c.outage.leavesBody && c.body() != "" {
		want = "close"
	}
	switch c.protocol.name {
	case http11:
		f.field(got, "Connection", want)
	case http2:
		for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade"} {
			f.field(got, name, "")
		}
	}
}

func (c combination) isGRPC() bool { return c.visitor.form.name == "gRPC" }

func (c combination) isHTML() bool { return c.visitor.form == asPage || c.visitor.form == asFrame }

// language is that of the words; empty: there are none, or they are no body.
func (c combination) language() string {
	switch {
	case c.isGRPC(), c.visitor.form == asEmpty:
		return ""
	case strings.Contains(c.visitor.fields, "Accept-Language: de"):
		return "de"
	}
	return "en"
}

func (c combination) checkStatus(f *faults, got reply) {
	status, grpc := c.outage.status, ""
	if c.isGRPC() {
		status, grpc = 200, c.outage.grpc
	}
	f.equal("status", strconv.Itoa(got.status), strconv.Itoa(status))
	f.field(got, "Grpc-Status", grpc)
	message := got.header.Get("Grpc-Message")
	if text, err := url.PathUnescape(message); c.isGRPC() != (message != "") || err != nil || !strings.Contains(text, got.header.Get("X-Request-Id")) && message != "" {
		f.add("Grpc-Message: %q", message)
	}
	f.field(got, "Content-Type", c.visitor.form.contentType)
	if c.visitor.form != asNumber { // of which none is needed, and none is wrong
		f.field(got, "Content-Language", c.language())
	}
	f.field(got, "Retry-After", c.retryAfter())
	f.field(got, "Proxy-Status", c.outage.proxyStatus)
}

// retryAfter is told where it is safe to send again what was sent.
func (c combination) retryAfter() string {
	if c.outage.notSent || diagnosis.Safe(c.method) {
		return c.outage.retryAfter
	}
	return ""
}

// deciding are the request fields by which clients are told apart.
var deciding = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Connect-Protocol-Version", "Content-Type", "Purpose",
	"Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Purpose", "Upgrade", "X-Moz",
}

func (c combination) checkFields(f *faults, got reply) {
	f.field(got, "Cache-Control", "no-store")
	f.field(got, "X-Content-Type-Options", "nosniff")
	f.field(got, "Referrer-Policy", "same-origin")
	f.field(got, "X-Robots-Tag", "noindex")
	vary := strings.Split(strings.Join(got.header.Values("Vary"), ", "), ", ")
	slices.Sort(vary)
	want, cookie := deciding, ""
	if c.outage.whole {
		want, cookie = append(slices.Clone(deciding), "X-Inner"), "a=1"
		slices.Sort(want)
	}
	f.equal("Vary", fmt.Sprint(vary), fmt.Sprint(want))
	f.field(got, "Set-Cookie", cookie)
	for _, field := range spoilt {
		if name := field[0]; name != "Vary" && name != "Cache-Control" && name != "Set-Cookie" {
			f.field(got, name, "")
		}
	}
	if len(got.trailer) > 0 {
		f.add("trailers: %v", got.trailer)
	}
	if len(got.header.Values("X-Request-Id")) != 1 || len(got.header.Get("X-Request-Id")) != len("7KQ2-M9XD") {
		f.add("X-Request-Id: %q", got.header.Values("X-Request-Id"))
	}
}

// checkPolicy: a page may do nothing but look right, and only the one made for it may be
// shown within another.
func (c combination) checkPolicy(f *faults, got reply) {
	policy := got.header.Get("Content-Security-Policy")
	if c.isHTML() != strings.HasPrefix(policy, "default-src 'none';") || !c.isHTML() && policy != "" {
		f.add("Content-Security-Policy: %q", policy)
	}
	if strings.Contains(policy, "frame-ancestors 'none'") != (c.visitor.form == asPage) {
		f.add("who may show this in a frame: %q", policy)
	}
}

func (c combination) checkLength(f *faults, got reply) {
	length := strconv.Itoa(len(got.body))
	if c.isGRPC() && got.header.Get("Content-Length") == "" {
		length = "" // the end of the header is the end
	}
	f.field(got, "Content-Length", length)
}

// checkHead holds a HEAD answer against that for GET. Only references differ, and those
// are of one length.
func (c combination) checkHead(f *faults, got, get reply) {
	f.equal("body", got.body, "")
	for name := range get.header {
		switch {
		case name == "Date", name == "X-Request-Id", c.isGRPC() && (name == "Content-Length" || name == "Grpc-Message"):
		default:
			f.field(got, name, strings.Join(get.header.Values(name), " | "))
		}
	}
	for name := range got.header {
		if get.header[name] == nil {
			f.add("%s is only there with HEAD", name)
		}
	}
}

func (c combination) checkBody(f *faults, got reply) {
	reference := got.header.Get("X-Request-Id")
	begins, contains := "", []string{reference}
	switch c.visitor.form {
	case asPage:
		begins, contains = page, append(contains, "<main>", `lang="`+c.language()+`"`, "Example Shop")
	case asFrame:
		begins, contains = page, append(contains, `<main class="frame"`)
	case asProblem, asJSON:
		c.checkProblem(f, got)
	case asText:
		contains = append(contains, fmt.Sprintf(" (%d)\n", c.outage.status))
	case asMarkdown:
		begins, contains = "# ", append(contains, fmt.Sprintf(" (%d)\n", c.outage.status), "\n- ")
	case asNumber:
		f.equal("body", got.body, fmt.Sprintln(c.outage.status))
		contains = nil
	default:
		f.equal("body", got.body, "")
		contains = nil
	}
	if !strings.HasPrefix(got.body, begins) {
		f.add("the body begins with %.40q", got.body)
	}
	for _, want := range contains {
		if !strings.Contains(got.body, want) {
			f.add("the body lacks %q", want)
		}
	}
	c.checkAdvice(f, got)
}

// checkAdvice: nobody is called back before the time in Retry-After, or where only
// somebody's work helps.
func (c combination) checkAdvice(f *faults, got reply) {
	if !c.isHTML() {
		return
	}
	seconds, _ := strconv.Atoi(c.outage.retryAfter)
	for _, minute := range []string{"Wait a minute, then try again", "Warten Sie eine Minute"} {
		if strings.Contains(got.body, minute) && (seconds > 60 || c.outage.kind == diagnosis.TLSCertificateError) {
			f.add("the page says %q, Retry-After says %q", minute, c.outage.retryAfter)
		}
	}
}

// checkProblem holds the members of the JSON against the header.
func (c combination) checkProblem(f *faults, got reply) {
	var members struct {
		Type, Title, Detail, Error, Reference string
		Status                                int
		Retryable                             bool
		RetryAfter                            int `json:"retry_after"`
	}
	if err := json.Unmarshal([]byte(got.body), &members); err != nil {
		f.add("no JSON: %v", err)
		return
	}
	retryAfter := ""
	if members.RetryAfter != 0 {
		retryAfter = strconv.Itoa(members.RetryAfter)
	}
	f.equal("status in the body", strconv.Itoa(members.Status), strconv.Itoa(got.status))
	f.equal("retry_after", retryAfter, got.header.Get("Retry-After"))
	f.equal("reference", members.Reference, got.header.Get("X-Request-Id"))
	f.equal("error", members.Error, string(c.outage.kind))
	if retryAfter != "" && !members.Retryable {
		f.add("not retryable, but after %s seconds", retryAfter)
	}
	if members.Type == "" || members.Title == "" || members.Detail == "" {
		f.add("empty members in %s", got.body)
	}
}
