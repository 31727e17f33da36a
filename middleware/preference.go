package middleware

import (
	"strings"
	"sync"
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
	ranges := parseAccept(accept)
	for _, o := range offers {
		q, named := ranges.quality(o.kind, o.subtype)
		if q > p.bestQ && (named || o.subtype == "plain") {
			p.best, p.bestQ, p.named = o.form, q, named
		}
	}
	q, named := ranges.quality("application", "problem+json")
	p.problemQ, p.refusesProblem = q, named && q == 0
	return p
}

// maxPreferences is how many Accept fields are remembered (160 KB): a site meets few.
const maxPreferences = 256

var preferences = remembered{known: make(map[string]preference)}

// A remembered keeps preferences, as reading a field takes some microseconds.
type remembered struct {
	mu    sync.RWMutex
	known map[string]preference
}

func (m *remembered) of(accept string) preference {
	if len(accept) > maxAcceptBytes {
		return preferenceOf(accept)
	}
	m.mu.RLock()
	p, ok := m.known[accept]
	m.mu.RUnlock()
	if ok {
		return p
	}
	p = preferenceOf(accept)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= maxPreferences {
		clear(m.known)
	}
	m.known[strings.Clone(accept)] = p // a clone, or it would keep a large header alive
	return p
}
