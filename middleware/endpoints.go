package middleware

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// problemPath is the endpoint that explains an error type, below Config.Endpoints.
const problemPath = "problem/"

// Endpoints returns the handler of our own pages below Config.Endpoints. [Middleware.Wrap]
// has it built in; mount it by hand where the paths do not pass through Wrap. It never
// asks the upstream, and it repeats nothing of what was sent to it but checked values.
//
//   - problem/TYPE (GET): explains one of the 32 error types. It is the "type" of
//     problem+json (RFC 9457 §3.1.1) and the target of the language switcher, which must
//     not repeat the visitor's request. From the query it takes outcome, method,
//     reference and lang.
func (m *Middleware) Endpoints() http.Handler {
	return handlers.MethodHandler{http.MethodGet: http.HandlerFunc(m.explain), http.MethodHead: http.HandlerFunc(m.explain)}
}

func (m *Middleware) explain(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, m.config.Endpoints+problemPath)
	kind := diagnosis.Type(name)
	if !ok || !kind.Registered() {
		w.Header().Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	a := askOf(r)
	query := r.URL.Query()
	if tag := query.Get("lang"); tag != "" {
		a.language = tag
	}
	d := kind.Diagnosis()
	if o := diagnosis.Outcome(query.Get("outcome")); o == diagnosis.NotSent || o == diagnosis.Undecided || o == diagnosis.Answered {
		d.Outcome = o
	}
	view := pages.View{
		Language: m.languageOf(a), Diagnosis: d, Verdict: diagnosis.Judge(d, diagnosis.Seen{}),
		Host: a.host, Type: m.config.Endpoints + problemPath + name, Explained: true,
	}
	if method := query.Get("method"); unsafeMethod.MatchString(method) {
		view.Method = method
	}
	if reference := query.Get("reference"); isReference.MatchString(reference) {
		view.Reference = reference
	}
	f := a.form()
	if f == formText && a.accept == "" {
		f = formHTML // a page is what this address is for
	}
	contentType, body := m.render(r.Context(), f, view)
	m.describe(w.Header(), contentType, view.Language.Tag, len(body))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

var (
	unsafeMethod = regexp.MustCompile(`^(POST|PUT|PATCH|DELETE)$`)
	isReference  = regexp.MustCompile(`^[` + crockford + `]{4}-[` + crockford + `]{4}$`)
)

// languageLinks returns the links of the language switcher for a view.
func (m *Middleware) languageLinks(v pages.View) []pages.Link {
	query := url.Values{}
	set := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	set("outcome", string(v.Diagnosis.Outcome))
	if unsafeMethod.MatchString(v.Method) {
		set("method", v.Method)
	}
	set("reference", v.Reference)
	languages := m.catalogue.Languages()
	links := make([]pages.Link, len(languages))
	for i, l := range languages {
		query.Set("lang", l.Tag)
		links[i] = pages.Link{Language: l, URL: v.Type + "?" + query.Encode()}
	}
	return links
}
