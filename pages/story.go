package pages

import (
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A story is what an answer says, as message ids: chosen once, told by every form.
type story struct {
	telling
	verdict   string
	scope     string // who else is affected; empty: nothing is said
	blameless bool // proven: the visitor had no part in it
	stations  [4]string
	gap       gap
	steps     []step
	box       string // what became of a form: not_sent, unknown or refused; empty: no box
	retry     bool   // trying again is a safe request and may help
	advice    []string
	check     bool // ask whether other sites work
	contact   bool // say whom to tell
}

// A telling is what the page says about one kind of failure.
type telling struct {
	headline, lead, state string
}

// A step is one step of the cycle towards the site and how far it came.
type step struct {
	title, progress string
	stopped         bool
}

// A gap is the place where the line is broken.
type gap string

const (
	gapNone    gap = "none"    // the line holds; the site itself failed
	gapNetwork gap = "network" // between the visitor's network and our front door
	gapDoor    gap = "door"    // at our front door
	gapBetween gap = "between" // between our front door and the site
	gapSite    gap = "site"    // inside the site
)

var tellings = map[diagnosis.Type]telling{
	diagnosis.DNSTimeout:              {"headline.site", "lead.dns_timeout", "state.not_found"},
	diagnosis.DNSError:                {"headline.site", "lead.dns_error", "state.not_found"},
	diagnosis.DestinationNotFound:     {"headline.gateway", "lead.gateway", "state.not_reached"},
	diagnosis.DestinationUnavailable:  {"headline.site", "lead.unavailable", "state.problem"},
	diagnosis.DestinationIPProhibited: {"headline.gateway", "lead.gateway", "state.not_reached"},
	diagnosis.DestinationIPUnroutable: {"headline.unreachable", "lead.unroutable", "state.unroutable"},
	diagnosis.ConnectionRefused:       {"headline.site", "lead.refused", "state.refused"},
	diagnosis.ConnectionTerminated:    {"headline.site", "lead.hung_up", "state.hung_up"},
	diagnosis.ConnectionTimeout:       {"headline.site", "lead.connect_timeout", "state.silent"},
	diagnosis.ConnectionReadTimeout:   {"headline.slow", "lead.slow", "state.silent"},
	diagnosis.ConnectionWriteTimeout:  {"headline.slow", "lead.stuck", "state.silent"},
	diagnosis.ConnectionLimitReached:  {"headline.busy", "lead.busy", "state.busy"},
	diagnosis.TLSProtocolError:        {"headline.site", "lead.unsafe", "state.unsafe"},
	diagnosis.TLSCertificateError:     {"headline.site", "lead.unsafe", "state.unsafe"},
	diagnosis.TLSAlertReceived:        {"headline.site", "lead.unsafe", "state.unsafe"},
	diagnosis.HTTPRequestError:        {"headline.bad_request", "lead.bad_request", "state.not_reached"},
	diagnosis.HTTPRequestDenied:       {"headline.denied", "lead.denied", "state.not_reached"},
	diagnosis.HTTPResponseIncomplete:  {"headline.site", "lead.incomplete", "state.incomplete"},
	diagnosis.HTTPResponseTimeout:     {"headline.slow", "lead.slow", "state.silent"},
	diagnosis.ProxyInternalResponse:   {"headline.site", "lead.unavailable", "state.problem"},
	diagnosis.ProxyInternalError:      {"headline.internal", "lead.internal", "state.problem"},
	diagnosis.ProxyConfigurationError: {"headline.gateway", "lead.gateway", "state.not_reached"},
	diagnosis.ProxyLoopDetected:       {"headline.gateway", "lead.gateway", "state.not_reached"},
}

// unreadable is told for all ways in which an answer made no sense.
var unreadable = telling{"headline.site", "lead.unreadable", "state.unreadable"}

func (v View) tell() telling {
	d := v.Diagnosis
	t, ok := tellings[d.Type]
	switch {
	case v.Verdict.Cookies:
		return telling{"headline.cookies", "lead.cookies", "state.too_big"}
	case v.noSite():
		return telling{"headline.network", "lead.network", "state.not_reached"}
	case v.nothingBehind():
		return telling{"headline.gateway", "lead.front", "state.not_reached"}
	case d.Party == diagnosis.Unknown, d.Party == "":
		return telling{"headline.unknown", "lead.unknown", "state.not_reached"}
	case d.Type == "" && d.Phase == "": // a handler of the gateway itself: nothing was passed on
		return telling{"headline.internal", "lead.internal", "state.problem"}
	case d.Type == "" && d.Status == http.StatusGatewayTimeout:
		return telling{"headline.slow", "lead.empty", "state.problem"}
	case d.Type == "":
		return telling{"headline.site", "lead.empty", "state.problem"}
	case d.Status == http.StatusRequestEntityTooLarge && d.Party == diagnosis.Visitor:
		return telling{"headline.too_big", "lead.too_big", "state.not_reached"}
	case d.Type == diagnosis.HTTPRequestError && d.Party == diagnosis.Network:
		return telling{"headline.cut_short", "lead.cut_short", "state.not_reached"}
	case d.Type == diagnosis.ProxyInternalError && d.Status == http.StatusServiceUnavailable:
		return telling{"headline.gateway", "lead.gateway", "state.not_reached"}
	case d.Type == diagnosis.HTTPProtocolError && d.Phase == diagnosis.Connect: // a forward proxy of ours
		return telling{"headline.gateway", "lead.gateway", "state.not_reached"}
	case d.Type == diagnosis.ConnectionTerminated && d.Phase == diagnosis.Send:
		t.lead = "lead.send"
	case !ok:
		return unreadable
	}
	return t
}

// nothingBehind reports a gateway that reaches none of its upstreams: the fault is there.
func (v View) nothingBehind() bool {
	return v.Verdict.Scope == diagnosis.ScopeAll && v.Verdict.Party == diagnosis.Site && v.Verdict.Side != diagnosis.SideVisitor &&
		(v.Diagnosis.Phase == diagnosis.Lookup || v.Diagnosis.Phase == diagnosis.Connect)
}

// noSite reports a gateway of the visitor's side that reaches no site at all.
func (v View) noSite() bool {
	return v.Verdict.Side == diagnosis.SideVisitor && v.Verdict.Party == diagnosis.Network && v.Verdict.Confidence == diagnosis.Sure
}

// story decides what the answer says.
func (v View) story(brand Brand) story {
	s := story{telling: v.tell(), gap: v.gap(), verdict: v.verdict(brand.Voice), box: v.box()}
	if s.gap == gapDoor || s.gap == gapNetwork {
		s.state = "state.not_reached"
	}
	d := v.Diagnosis
	theirs := d.Party == diagnosis.Visitor || d.Party == diagnosis.Network || v.Verdict.Cookies
	s.scope = v.scope()
	s.blameless = v.Verdict.Party == diagnosis.Site && v.Verdict.Confidence == diagnosis.Sure
	s.stations = v.stations(s)
	s.check = !theirs && (v.Verdict.Side != diagnosis.SideVisitor || v.Verdict.Confidence == diagnosis.CannotTell)
	s.retry = safe(v.Method) && !theirs && !v.Explained
	s.contact = brand.Contact != Contact{} && !v.isElsewhere()
	if d.Phase != "" && !theirs {
		s.steps = v.steps(s)
	}
	switch {
	case v.Verdict.Cookies:
		s.advice = []string{"do.cookies"}
	case v.noSite():
		s.advice = []string{v.wait()}
	case v.isElsewhere() && d.Type == diagnosis.DNSError:
		s.advice = []string{"do.address", v.wait()}
	case v.isElsewhere():
		s.advice = []string{v.wait(), "do.elsewhere"}
	case d.Status == http.StatusRequestEntityTooLarge && theirs:
		s.advice = []string{"do.smaller"}
	case d.Party == diagnosis.Network:
		s.advice = []string{"do.connection"}
	case theirs:
	case d.Retryable && s.box == "" || d.Retryable && s.box == "not_sent":
		s.advice = []string{v.wait(), "do.check"}
	case s.box == "unknown":
		s.advice = []string{"do.check"}
	default:
		s.advice = []string{"do.wait_only", "do.check"}
	}
	switch {
	case !s.contact:
	case brand.Voice == Third:
		s.advice = append(s.advice, "do.tell.third")
	default:
		s.advice = append(s.advice, "do.tell")
	}
	return s
}

// wait says how long, as the field Retry-After does.
func (v View) wait() string {
	if v.Diagnosis.RetryAfter > time.Minute && !v.Time.IsZero() {
		return "do.wait_until"
	}
	return "do.wait"
}

// isElsewhere reports a fault of one site behind a gateway of the visitor's side: those who
// run the gateway can do nothing.
func (v View) isElsewhere() bool {
	return v.Verdict.Side == diagnosis.SideVisitor && v.Verdict.Party == diagnosis.Site
}

// scope returns what is said of others.
func (v View) scope() string {
	switch {
	case v.Verdict.Side == diagnosis.SideVisitor: // there it is about sites, which the verdict says
		return ""
	case v.Verdict.Scope == diagnosis.ScopeOthers && !v.Verdict.Since.IsZero():
		return "scope.others.since"
	case v.Verdict.Scope == diagnosis.ScopeOthers:
		return "scope.others"
	case v.Verdict.Scope == diagnosis.ScopeSome:
		return "scope.some"
	case v.Verdict.Scope == diagnosis.ScopeYou:
		return "scope.you"
	}
	return ""
}

func (v View) gap() gap {
	d := v.Diagnosis
	switch {
	case v.nothingBehind():
		return gapDoor
	case d.Type == diagnosis.ProxyInternalError && d.Status == http.StatusInternalServerError,
		d.Type == "" && (d.Status == http.StatusInternalServerError || d.Phase == "") && d.Party == diagnosis.Site:
		return gapNone
	case d.Party == diagnosis.Network:
		return gapNetwork
	case d.Party == diagnosis.Unknown, d.Party == "":
		return gapBetween
	case d.Party == diagnosis.Visitor, d.Phase == "", d.Type == diagnosis.DestinationIPProhibited:
		return gapDoor
	case d.Phase == diagnosis.Receive:
		return gapSite
	}
	return gapBetween
}

func (v View) verdict(voice Voice) string {
	sure := v.Verdict.Confidence == diagnosis.Sure
	switch {
	case v.Verdict.Cookies:
		return "verdict.cookies.likely"
	case v.noSite():
		return "verdict.network.sure"
	case v.nothingBehind():
		return "verdict.front.sure"
	case v.isElsewhere():
		voice = Third
	}
	switch v.Verdict.Party {
	case diagnosis.Visitor:
		return "verdict.visitor.sure"
	case diagnosis.Network:
		return "verdict.network.likely"
	case diagnosis.Site:
		who := "verdict.site"
		if voice == Third {
			who = "verdict.third"
		}
		if sure {
			return who + ".sure"
		}
		return who + ".likely"
	}
	return "verdict.unknown"
}

// stations gives the word of state under each of the four stations.
func (v View) stations(s story) [4]string {
	words := [4]string{"state.working", "state.through", "state.working", s.state}
	if v.Explained { // nobody asked for this page just now: it claims nothing about a line
		words[1] = "state.working"
	}
	switch s.gap {
	case gapNetwork:
		words[1] = "state.cut_short"
	case gapDoor:
		words[2] = "state.stopped"
	}
	if s.headline == "headline.too_big" {
		words[0] = "state.too_big"
	}
	return words
}

// steps gives the four steps of the cycle towards the site.
func (v View) steps(s story) []step {
	failed := -1
	phases := diagnosis.Phases()
	steps := make([]step, len(phases))
	for i, phase := range phases {
		if phase == v.Diagnosis.Phase {
			failed = i
		}
	}
	for i, phase := range phases {
		steps[i].title = "step." + string(phase)
		switch {
		case i == failed && s.gap == gapNone:
			steps[i].progress = "progress.done"
		case i == failed:
			steps[i].progress, steps[i].stopped = "progress.stopped", true
		case i > failed && v.Diagnosis.Outcome == diagnosis.NotSent:
			steps[i].progress = "progress.none"
		case i > failed:
			steps[i].progress = "progress.unknown" // an earlier attempt may have come further
		default:
			steps[i].progress = "progress.done"
		}
	}
	return steps
}

// box says what became of a request that may change something. A visitor who is told
// "not sent" sends it again and may pay twice: that word needs proof.
func (v View) box() string {
	d := v.Diagnosis
	switch {
	case safe(v.Method):
		return ""
	case d.Outcome == diagnosis.NotSent && d.Phase != diagnosis.Receive:
		return "not_sent"
	case d.Party == diagnosis.Visitor && d.Status < 500 && d.Type != "":
		return "refused"
	}
	return "unknown"
}

// safe reports the methods that change nothing (RFC 9110 §9.2.1).
func safe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}
