package diagnosis

import (
	"net/http"
	"time"
)

// A Confidence is how sure a [Verdict] is, in words.
type Confidence string

// The degrees of confidence.
const (
	Sure       Confidence = "sure"
	MostLikely Confidence = "most_likely"
	CannotTell Confidence = "cannot_tell"
)

// A Verdict is what the page says about fault.
type Verdict struct {
	Party      Party
	Confidence Confidence
	Scope      Scope
	Since      time.Time // from when on everybody is affected; zero: not known
	Cookies    bool      // the visitor's cookies for the site are most likely the cause
	Side       Side
}

// Judge says whose fault it is, from a diagnosis and the evidence: the first rule that
// fits. The visitor or the visitor's network is only named when the exchange itself or
// what was seen of others proves or strongly suggests it.
func Judge(d Diagnosis, seen Evidence) Verdict {
	v := Verdict{Party: d.Party, Confidence: Sure, Scope: seen.scope(), Side: seen.Side}
	if v.Side == "" {
		v.Side = SideSite
	}
	if v.Scope == ScopeOthers {
		v.Since = seen.Since
	}
	rules := siteRules
	if seen.Side == SideVisitor {
		rules = visitorRules
	}
	for _, r := range rules {
		if r.fits(d, seen) {
			v.Party, v.Confidence, v.Cookies = r.party, r.confidence, r.cookies
			break
		}
	}
	return v
}

// A rule is one line of the table.
type rule struct {
	name       string
	fits       func(Diagnosis, Evidence) bool
	party      Party
	confidence Confidence
	cookies    bool
}

// siteRules are for a gateway of the site: what lies behind it is the site's.
var siteRules = []rule{
	{"the cookies are too big for the gateway or the upstream", bigRequestHead, Visitor, MostLikely, true},
	{"the request itself is refused", partyIs(Visitor), Visitor, Sure, false},
	{"the visitor's upload broke off", partyIs(Network), Network, MostLikely, false},
	{"again and again only this visitor gets no answer, with big cookies", func(d Diagnosis, s Evidence) bool {
		return d.Phase == Receive && s.VisitorsKnown && s.YouAlone >= surelyAlone && s.CookieBytes > bigCookies
	}, Visitor, MostLikely, true},
	{"only this visitor gets no answer", func(d Diagnosis, s Evidence) bool {
		return d.Phase == Receive && s.onlyYou()
	}, Unknown, CannotTell, false},
	{"nobody knows", partyIs(Unknown), Unknown, CannotTell, false},
	{"nothing behind the gateway can be reached", func(d Diagnosis, s Evidence) bool { return d.Unreached() && s.allFail() }, Site, Sure, false},
	{"a way between two machines may fail where both are fine", silentConnect, Site, MostLikely, false},
	{"the rest", always, Site, Sure, false},
}

// visitorRules are for a gateway of the visitor's side: all sites are behind it, so that
// it knows itself whether all fail or only one.
var visitorRules = []rule{
	{"the cookies are too big", bigRequestHead, Visitor, MostLikely, true},
	{"the request itself is refused", partyIs(Visitor), Visitor, Sure, false},
	{"the visitor's upload broke off", partyIs(Network), Network, MostLikely, false},
	{"no site can be reached", func(d Diagnosis, s Evidence) bool { return d.Unreached() && s.allFail() }, Network, Sure, false},
	{"the gateway itself fails, or will not", ownFault, Network, Sure, false},
	{"the name is not known: a slip in the address, or the site", func(d Diagnosis, s Evidence) bool { return d.Type == DNSError && s.othersWork() }, Site, MostLikely, false},
	{"the site spoke", func(d Diagnosis, _ Evidence) bool { return d.Phase == Receive && d.Party == Site }, Site, Sure, false},
	{"only this site fails", func(d Diagnosis, s Evidence) bool { return d.Party == Site && s.othersWork() }, Site, Sure, false},
	{"the rest", always, Unknown, CannotTell, false},
}

// ownFault reports a fault of the gateway itself. One that another gateway behind it reports
// comes with an answer. A status without an error may be of whatever handler is there.
func ownFault(d Diagnosis, _ Evidence) bool {
	switch {
	case d.Party != Site, d.Type == "", d.Phase == Receive:
		return false
	case d.Type == HTTPProtocolError: // a forward proxy of its own speaks no HTTP
		return d.Phase == Connect
	}
	return d.Phase == "" || d.Type == DestinationIPProhibited
}

func always(Diagnosis, Evidence) bool { return true }

func partyIs(p Party) func(Diagnosis, Evidence) bool {
	return func(d Diagnosis, _ Evidence) bool { return d.Party == p || p == Unknown && d.Party == "" }
}

// bigRequestHead reports a refusal by which cookies are to blame as likely as not.
func bigRequestHead(d Diagnosis, s Evidence) bool {
	return d.Status == http.StatusRequestHeaderFieldsTooLarge ||
		d.Status == http.StatusBadRequest && d.Party == Visitor && s.CookieBytes > bigCookies
}

func silentConnect(d Diagnosis, _ Evidence) bool {
	return d.Type == ConnectionTimeout || d.Type == DestinationIPUnroutable
}
