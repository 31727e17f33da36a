package middleware

import (
	"strings"
	"sync"
	"sync/atomic"
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

var preferences remembered

// A remembered keeps preferences, as reading a field takes longer than all else that is done
// for a request that goes well. Finding one takes no lock.
type remembered struct {
	known sync.Map // Accept field to preference
	count atomic.Int32
}

func (m *remembered) of(accept string) preference {
	if len(accept) > maxAcceptBytes {
		return preferenceOf(accept)
	}
	if p, ok := m.known.Load(accept); ok {
		return p.(preference)
	}
	p := preferenceOf(accept)
	if m.count.Add(1) > maxPreferences {
		m.known.Clear()
		m.count.Store(1)
	}
	m.known.Store(strings.Clone(accept), p) // a clone, or it would keep a large header alive
	return p
}
