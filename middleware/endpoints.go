package middleware

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// The endpoints, below Config.Endpoints.
const (
	statusPath     = "status"      // whether an upstream is believed back
	clearCachePath = "clear-cache" // has the browser forget saved copies
	problemPath    = "problem/"    // explains an error type
)

// Endpoints returns the handler of our own pages below Config.Endpoints. [Middleware.Wrap]
// has it built in; mount it by hand where the paths do not pass through Wrap. It never
// waits for an upstream, and it repeats nothing of what was sent to it but checked values.
//
//   - status?k=KEY (GET): 204 when the upstream behind the key is believed back, or not
//     known to have failed; else 503. Only pages of ours know a key. Retry-After says
//     when to ask again, and with a 204 when to try: not all who wait at once.
//   - clear-cache (POST): has the browser throw away its saved copies of this host
//     (Clear-Site-Data). Only for pages of the same origin.
//   - problem/TYPE (GET): explains one of the 32 error types. It is the "type" of
//     problem+json (RFC 9457 §3.1.1) and the target of the language switcher, which must
//     not repeat the visitor's request. From the query it takes outcome, method,
//     reference and lang.
func (m *Middleware) Endpoints() http.Handler {
	get := func(h http.HandlerFunc) http.Handler {
		return handlers.MethodHandler{http.MethodGet: h, http.MethodHead: h}
	}
	status, problem := get(m.tellStatus), get(m.explain)
	clearCache := handlers.MethodHandler{http.MethodPost: http.HandlerFunc(m.clearCache)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		switch path, _ := strings.CutPrefix(r.URL.Path, m.config.Endpoints); {
		case path == statusPath:
			status.ServeHTTP(w, r)
		case path == clearCachePath:
			clearCache.ServeHTTP(w, r)
		case strings.HasPrefix(path, problemPath):
			problem.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

func (m *Middleware) tellStatus(w http.ResponseWriter, r *http.Request) {
	back, wait := m.memory.Back(r.URL.Query().Get("k"), m.config.Now())
	if wait > 0 {
		w.Header().Set("Retry-After", wholeSeconds(wait))
	}
	if back {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (m *Middleware) explain(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, m.config.Endpoints+problemPath)
	kind := diagnosis.Type(name)
	if !ok || !kind.Registered() {
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
	t := m.tenantOf(r)
	view := pages.View{
		Language: t.languageOf(a.language, a.acceptLanguage), Diagnosis: d, Verdict: diagnosis.Judge(d, diagnosis.Seen{Side: m.config.Side}),
		Host: a.host, Type: m.config.Endpoints + problemPath + name, Explained: true,
	}
	if method := query.Get("method"); isUnsafe(method) {
		view.Method = method
	}
	if reference := query.Get("reference"); isReference.MatchString(reference) {
		view.Reference = reference
	}
	f := a.form(m.preferenceOf)
	if f == formText && a.accept == "" {
		f = formHTML // a page is what this address is for
	}
	if f == formGRPC || f == formEmpty || f == formNumber {
		f = formText
	}
	answer := m.render(r, t, f, &view, false)
	answer.describe(newFields(w.Header()))
	answer.writeBody(w, r.Method)
	answer.release()
}

var isReference = regexp.MustCompile(`^[` + crockford + `]{4}-[` + crockford + `]{4}$`)

// isUnsafe reports the usual methods that change something (RFC 9110 §9.2.1).
func isUnsafe(method string) bool {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}
