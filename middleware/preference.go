package middleware

import (
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

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
