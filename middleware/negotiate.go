package middleware

import (
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// A form is the shape of an answer.
type form uint8

const (
	formText     form = iota
	formMarkdown      // the text, for programs that read for a language model
	formHTML
	formFrame   // the page for a part of another page
	formProblem // application/problem+json (RFC 9457)
	formJSON    // the same as application/json, for clients that only take that
	formGRPC    // a status of gRPC, in the header
	formEmpty   // a status without a body, for other kinds of RPC
	formNumber  // for images, handshakes, prefetching: nobody reads a page there
)

// named reports the forms that a client gets only when it asks for them.
func (f form) named() bool {
	return f == formMarkdown || f == formHTML || f == formFrame || f == formProblem || f == formJSON || f == formGRPC
}

// offers lists what is offered to clients that name it, the better for people first. Plain
// text needs no naming: */* asks for nothing in particular.
var offers = [...]struct {
	form
	kind, subtype string
}{
	{formMarkdown, "text", "markdown"},
	{formHTML, "text", "html"},
	{formHTML, "application", "xhtml+xml"},
	{formProblem, "application", "problem+json"},
	{formProblem, "application", headers.AnyJSON},
	{formJSON, "application", "json"},
	{formText, "text", "plain"},
}

// form chooses the shape of the answer. prefers reads an Accept field.
func (a ask) form(prefers func(accept string) preference) form {
	if f, ok := a.formOfRPC(); ok {
		return f
	}
	if strings.Contains(a.purpose, "prefetch") {
		return formNumber // it would be thrown away
	}
	if f, ok := a.formOfFetch(); ok {
		return f
	}
	if a.upgrade != "" {
		// No script of a page can read why a handshake failed. Other programs can.
		if f := a.formOfAccept(prefers); f == formProblem || f == formJSON {
			return f
		}
		return formNumber
	}
	return a.formOfAccept(prefers)
}

// formOfRPC chooses by the request's content type.
func (a ask) formOfRPC() (form, bool) {
	switch p := headers.ProtocolOf(a.contentType); {
	case p == headers.ProtocolGRPC:
		return formGRPC, true
	case a.connect, p == headers.ProtocolConnect, p == headers.ProtocolProto:
		return formEmpty, true // their clients know what 502, 503 and 504 mean
	}
	return 0, false
}

// formOfFetch chooses by what browsers tell of the kind of request, in secure contexts
// only (W3C Fetch Metadata).
func (a ask) formOfFetch() (form, bool) {
	switch a.fetchDest {
	case "audio", "audioworklet", "font", "image", "manifest", "paintworklet", "report", "script", "serviceworker",
		"sharedworker", "speculationrules", "style", "track", "video", "websocket", "worker", "xslt":
		return formNumber, true
	case "embed", "fencedframe", "frame", "iframe", "object":
		return formFrame, true
	case "document":
		return formHTML, true
	}
	switch a.fetchMode {
	case "navigate":
		return formHTML, true
	case "websocket":
		return formNumber, true
	}
	return 0, false
}

func (a ask) formOfAccept(prefers func(accept string) preference) form {
	p := prefers(a.accept)
	if p.named && p.best == formText && p.problemQ > p.bestQ {
		return formProblem // anything rather than text
	}
	if p.named {
		return p.best
	}
	// Nothing was named. Programs get what programs read, if they take it.
	if a.carriesJSON() && !p.refusesProblem || p.problemQ > 0 && (a.isFetch() || p.bestQ == 0) {
		return formProblem
	}
	return formText
}

// isFetch reports fetch and XMLHttpRequest calls of a page.
func (a ask) isFetch() bool {
	return a.fetchMode == "cors" || a.fetchMode == "same-origin" || a.fetchMode == "no-cors"
}

// carriesJSON reports requests with a body of JSON: their sender can read it too.
func (a ask) carriesJSON() bool {
	return headers.IsJSON(a.contentType)
}

// A preference is what an Accept field says of our forms.
type preference struct {
	best           form
	bestQ          int
	named          bool // the best one, by its own name
	problemQ       int  // of problem+json
	refusesProblem bool
}

func preferenceOf(accept string) (p preference) {
	ranges := headers.ParseAccept(accept)
	for _, o := range offers {
		q, named := ranges.Quality(o.kind, o.subtype)
		if q > p.bestQ && (named || o.subtype == "plain") {
			p.best, p.bestQ, p.named = o.form, q, named
		}
	}
	q, named := ranges.Quality("application", "problem+json")
	p.problemQ, p.refusesProblem = q, named && q == 0
	return p
}

// preferenceOf remembers what it reads, as to read a field takes longer than all else that is
// done for a request that goes well.
func (m *Middleware) preferenceOf(accept string) preference {
	if len(accept) > headers.MaxAccept {
		return preferenceOf(accept)
	}
	p, ok := m.preferences.get(accept)
	if !ok {
		p = preferenceOf(accept)
		m.preferences.put(strings.Clone(accept), p)
	}
	return p
}
