package pages

import (
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// onlyKind takes everything away but the kind of failure that is explained.
func (v *View) onlyKind() {
	side := v.Verdict.Side
	d := v.Diagnosis.Type.Diagnosis()
	d.Outcome, d.RetryAfter = "", 0
	*v = View{
		Language: v.Language, Languages: v.Languages, AllLanguages: v.AllLanguages, Host: v.Host, Type: v.Type,
		Browser: v.Browser, Frame: v.Frame, Request: v.Request, Explained: true,
		Diagnosis: d, Verdict: diagnosis.Verdict{Side: side},
	}
}

// explained is the story of a kind: what it means, where on the way it is met, what to do.
// Its headline is the name of the kind.
func (s story) explained() story {
	s.headline, s.verdict, s.scope, s.blameless, s.retry = "", "", "", false, false
	for i := range s.stations {
		if !s.isMarked(i) {
			s.stations[i] = ""
		}
	}
	return s
}
