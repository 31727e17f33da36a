package pages

import (
	"hash/maphash"
	"net/http"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A variant is what the words of a page depend on, and which of its parts are there. Pages
// of one variant differ in their facts alone.
type variant struct {
	site     int // of [Site], not of its name
	language *i18n.Language

	kind       diagnosis.Type
	phase      diagnosis.Phase
	party      diagnosis.Party
	outcome    diagnosis.Outcome
	guilty     diagnosis.Party
	confidence diagnosis.Confidence
	scope      diagnosis.Scope
	side       diagnosis.Side
	status     int

	browser    Browser
	canaries   Canaries
	clearCache string
	links      uint64 // a hash; see skeleton.links

	retryable, planned, cookies, safe, frame, explained, secure bool
	named, referenced, traced, addressed, watched               bool // there is such a fact
	timed, since, long, limited                                 bool // of time, since when, RetryAfter, Limit
}

// variant returns that of a view which is cleaned, and of a site with that name.
func (s *Site) variant(v *View, name string) variant {
	d, j := &v.Diagnosis, &v.Verdict
	return variant{
		site: s.id, language: v.Language,
		kind: d.Type, phase: d.Phase, party: d.Party, outcome: d.Outcome, status: d.Status,
		guilty: j.Party, confidence: j.Confidence, scope: j.Scope, side: j.Side,
		browser: v.Browser, canaries: v.Canaries, clearCache: v.ClearCache, links: hashLinks(v),
		retryable: d.Retryable, planned: d.Planned, cookies: j.Cookies, safe: diagnosis.Safe(v.Method),
		frame: v.Frame, explained: v.Explained, secure: v.Secure,
		named:      (s.brand.Site == "" || j.Side == diagnosis.SideVisitor) && name != v.Language.Text("site.unnamed"),
		referenced: v.Reference != "", traced: v.Trace != "", addressed: v.Host != "" || v.Path != "", watched: v.Status != "",
		timed: !v.Time.IsZero(), since: !j.Since.IsZero(), long: d.RetryAfter > time.Minute, limited: d.Limit > 0,
	}
}

// owned returns the variant with strings of its own: a piece of a request line would keep all
// of that alive for as long as the variant is.
func (k variant) owned() variant {
	for _, s := range []*string{
		(*string)(&k.kind), (*string)(&k.phase), (*string)(&k.party), (*string)(&k.outcome), (*string)(&k.guilty),
		(*string)(&k.confidence), (*string)(&k.scope), (*string)(&k.side), &k.clearCache,
	} {
		*s = strings.Clone(*s)
	}
	return k
}

// view is one of the variant, with marks in the place of its facts. As it is made of the
// variant alone, nothing else can get into a skeleton.
func (k *variant) view() View {
	v := View{
		Language: k.language,
		Diagnosis: diagnosis.Diagnosis{
			Type: k.kind, Phase: k.phase, Party: k.party, Outcome: k.outcome, Status: k.status,
			Retryable: k.retryable, Planned: k.planned,
		},
		Verdict: diagnosis.Verdict{
			Party: k.guilty, Confidence: k.confidence, Scope: k.scope, Side: k.side, Cookies: k.cookies,
		},
		Method: http.MethodPost, Browser: k.browser, Canaries: k.canaries, ClearCache: k.clearCache,
		Frame: k.frame, Explained: k.explained, Secure: k.secure,
	}
	if k.safe {
		v.Method = http.MethodGet
	}
	anyTime := time.Unix(0, 0)
	if k.timed {
		v.Time = anyTime
	}
	if k.since {
		v.Verdict.Since = anyTime
	}
	if k.long {
		v.Diagnosis.RetryAfter = time.Hour
	}
	if k.limited {
		v.Diagnosis.Limit = 1 << 20
	}
	return v
}

// marks are what stands for the facts. Those that may be missing are empty. The name is
// that of the site where it is no fact.
func (k *variant) marks(name string) facts {
	var f facts
	for i := range f {
		f[i] = mark(fact(i))
	}
	for i, there := range map[fact]bool{
		factReference: k.referenced, factTrace: k.traced, factAddress: k.addressed, factStatus: k.watched, factTime: k.timed,
	} {
		if !there {
			f[i] = ""
		}
	}
	if !k.named { // by its host
		f[factSite] = name
	}
	return f
}

var seed = maphash.MakeSeed()

func hashLinks(v *View) uint64 {
	var h uint64
	if v.AllLanguages != "" {
		h = maphash.String(seed, v.AllLanguages)
	}
	for i := range v.Languages {
		h = h*31 + maphash.String(seed, v.Languages[i].URL)
	}
	return h
}
