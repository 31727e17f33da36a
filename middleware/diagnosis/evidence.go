package diagnosis

import "time"

// A Side says whose gateway this is. The zero value means [SideSite].
type Side string

// The sides.
const (
	SideSite    Side = "site"    // the site's own
	SideVisitor Side = "visitor" // an office's or a provider's: visitors reach all sites through it
)

// Evidence is what the gateway has seen in the last minute, the failure itself
// included. The zero value means that nothing is known beyond the exchange.
type Evidence struct {
	Side Side

	Tries, Failures int       // exchanges with this upstream
	InRow           int       // failures since one with it succeeded
	Since           time.Time // from when on none with it succeeded; zero: not known

	// The other visitors of this upstream, about; only where visitors can be told apart.
	VisitorsKnown                bool
	OthersFailing, OthersPassing int
	YouAlone                     int // how often in a row this visitor failed again where others passed in between, and nobody else failed
	Upstreams, UpstreamsFailing  int // tried at all; nobody could connect to
	CookieBytes                  int // of this visitor's request
}

// A Scope says who else is affected. The zero value means [ScopeUnknown].
type Scope string

// The scopes.
const (
	ScopeUnknown Scope = "unknown"       // not enough was seen to say anything
	ScopeYou     Scope = "you"           // so far only this visitor's requests fail
	ScopeSome    Scope = "some"          // some requests fail, of several visitors
	ScopeOthers  Scope = "others"        // others are affected too
	ScopeAll     Scope = "all_upstreams" // whatever is behind the gateway, nobody can reach it
)

// Samples below which nothing is claimed.
const (
	manyFailures  = 5   // of an upstream, before others are said to be affected
	mostFailures  = 0.9 // of its tries
	manyInRow     = 10  // failures after which those that passed before do not matter
	someFailures  = 3
	someInRow     = 2 // failures in a row that are chance where some pass
	surelyAlone   = 3 // times, before it is laid to this visitor's cookies
	enoughOutside = 3 // upstreams that fail, before the gateway is said to be the cause
	bigCookies    = 8 << 10
)

// scope says who else is affected.
func (s Evidence) scope() Scope {
	share := float64(s.Failures) >= mostFailures*float64(s.Tries)
	switch {
	case s.allFail():
		return ScopeAll
	case !s.VisitorsKnown:
		return ScopeUnknown
	case s.Failures >= manyFailures && (share || s.InRow >= manyInRow) && s.OthersFailing >= 2:
		return ScopeOthers
	case s.onlyYou():
		return ScopeYou
	case s.Failures >= someFailures && !share && s.InRow <= someInRow && s.OthersFailing >= 1 && s.OthersPassing >= 2:
		return ScopeSome
	}
	return ScopeUnknown
}

func (s Evidence) allFail() bool {
	return s.UpstreamsFailing >= enoughOutside && s.UpstreamsFailing == s.Upstreams
}

func (s Evidence) onlyYou() bool { return s.VisitorsKnown && s.YouAlone > 0 }

// othersWork reports that another upstream answers.
func (s Evidence) othersWork() bool { return s.Upstreams > s.UpstreamsFailing && s.Upstreams > 1 }
