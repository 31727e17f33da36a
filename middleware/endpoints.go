package middleware

import (
	"net/http"
	"strings"

	"github.com/gorilla/handlers"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
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
//     not repeat the visitor's request. Anybody can make such a link: it claims nothing
//     of any request, and nobody can frame it. From the query it takes lang.
func (m *Middleware) Endpoints() http.Handler {
	get := func(h http.HandlerFunc) http.Handler {
		return handlers.MethodHandler{http.MethodGet: h, http.MethodHead: h}
	}
	status, problem := get(m.tellStatus), get(m.explain)
	clearCache := handlers.MethodHandler{http.MethodPost: http.HandlerFunc(m.clearCache)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		u := m.own(r)
		if u == nil {
			http.NotFound(w, r)
			return
		}
		if u != r.URL {
			r = r.WithContext(r.Context()) // a copy
			r.URL = u
		}
		switch name := u.Path[len(m.config.Endpoints):]; {
		case name == statusPath:
			status.ServeHTTP(w, r)
		case name == clearCachePath:
			clearCache.ServeHTTP(w, r)
		case strings.HasPrefix(name, problemPath):
			problem.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

func (m *Middleware) tellStatus(w http.ResponseWriter, r *http.Request) {
	back, wait := m.memory.Back(r.URL.Query().Get("k"), m.config.Now())
	if wait > 0 {
		w.Header().Set("Retry-After", headers.WholeSeconds(wait))
	}
	if back {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (m *Middleware) explain(w http.ResponseWriter, r *http.Request) {
	kind := diagnosis.Type(strings.TrimPrefix(r.URL.Path, m.config.Endpoints+problemPath))
	if !kind.Registered() {
		http.NotFound(w, r)
		return
	}
	kind = diagnosis.Type(strings.Clone(string(kind))) // what is remembered shall not keep a request line alive
	a := askOf(r)
	if tag := r.URL.Query().Get("lang"); tag != "" {
		a.language = tag
	}
	site := m.siteOf(r)
	view := pages.View{
		Language: languageOf(site, a.language, a.acceptLanguage), Diagnosis: kind.Diagnosis(), Verdict: diagnosis.Verdict{Side: m.config.Side},
		Host: a.host, Type: m.problems[kind], Explained: true,
	}
	answer := m.render(r, site, a.formOfExplanation(m.preferenceOf), &view, false)
	answer.describe(headers.NewFields(w.Header()))
	if !strings.Contains(answer.policy, unframed) { // a brand's own page may say less
		w.Header().Add("Content-Security-Policy", unframed)
	}
	answer.writeBody(w, r.Method)
	answer.release()
}

// unframed is the policy that no other page may show one as a part of itself.
const unframed = "frame-ancestors 'none'"

// formOfExplanation is that of a page which somebody opened on purpose. It is whole where
// another page asks for it as a part of itself, too: there the browser shows nothing of it.
func (a ask) formOfExplanation(prefers func(accept string) preference) form {
	switch f := a.form(prefers); f {
	case formFrame:
		return formHTML
	case formText:
		if a.accept == "" {
			return formHTML // a page is what this address is for
		}
		return f
	case formGRPC, formEmpty, formNumber:
		return formText
	default:
		return f
	}
}
