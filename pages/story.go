package pages

import (
	"net/http"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A story is what an answer says, as message ids: chosen once, told by every form.
type story struct {
	opening
	verdict   string
	scope     string // who else is affected; empty: nothing is said
	blameless bool   // proven: the visitor had no part in it
	stations  [4]string
	gap       gap // empty: no line is drawn
	steps     []step
	box       string // what became of a form: not_sent, unknown, refused, or maybe if there was one; empty: no box
	retry     bool   // trying again is a safe request and may help
	advice    []string
	check     bool // ask whether other sites work
	contact   bool // say whom to tell
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

// story decides what the answer says.
func (v View) story(brand Brand) story {
	if v.StatusOnly {
		return v.statusStory(brand)
	}
	if v.planned() {
		return v.plannedStory(brand)
	}
	s := story{opening: v.opening(), gap: v.gap(), verdict: v.verdict(brand.Voice), box: v.box()}
	d, anybodys := v.Diagnosis, v.isAnybodys(brand.Voice)
	if v.isElsewhere() && slices.Contains(frontDoorLeads, s.lead) {
		s.lead = "lead.elsewhere"
	}
	// The line breaks where the fault is. Where that place belongs to another owner than the one
	// who speaks, the page must not blame the one behind it.
	switch {
	case anybodys:
		s.headline, s.gap = "headline.unknown", gapBetween
	case s.gap == gapNone && v.isOurs() && (brand.Voice == VoiceThird || v.Verdict.Side == diagnosis.SideVisitor):
		s.gap = gapDoor // what is behind it has another owner
	}
	// The word under the site: "not reached" is a promise that a form may be sent again, so it
	// needs proof where a part of the request may have come there.
	switch {
	case anybodys, s.gap == gapDoor && v.isOurs() && d.Outcome != diagnosis.NotSent:
		s.state = "state.unknown"
	case s.gap == gapNetwork && d.Outcome != diagnosis.NotSent:
		s.state = "state.unknown" // a part of it may have come there
	case s.gap == gapDoor && v.isRefusal() && !v.isOwnRefusal() && d.Outcome != diagnosis.NotSent: // by whom, nobody knows
	case s.gap == gapDoor, s.gap == gapNetwork:
		s.state = "state.not_reached"
	}
	theirs := v.theirs()
	s.scope = v.scope()
	s.blameless = v.Verdict.Party == diagnosis.Site && v.Verdict.Confidence == diagnosis.Sure
	s.stations = v.stations(s)
	s.check = !theirs && (v.Verdict.Side != diagnosis.SideVisitor || v.Verdict.Confidence == diagnosis.CannotTell)
	s.retry = diagnosis.Safe(v.Method) && !theirs
	s.contact = brand.Contact != Contact{} && !v.isElsewhere()
	if d.Phase != "" && !theirs {
		s.steps = v.steps(s)
	}
	s.advice = v.advice(s.box, theirs)
	if s.contact {
		s.advice = append(s.advice, v.inVoice(brand.Voice, "do.tell"))
	}
	if v.Explained {
		return s.explained()
	}
	return s
}

// theirs reports a fault on the visitor's side of the gateway.
func (v View) theirs() bool {
	return v.Diagnosis.Party == diagnosis.Visitor || v.Diagnosis.Party == diagnosis.Network || v.Verdict.Cookies
}

func (v View) gap() gap {
	d := v.Diagnosis
	switch {
	case v.nothingBehind(), v.noSite(), v.isForwardProxy():
		return gapDoor
	case d.Party == diagnosis.Visitor && d.Outcome == diagnosis.Answered:
		return "" // the line holds to the end, where the request was refused
	case v.isRelayed():
		return gapSite
	case d.Type == diagnosis.ProxyInternalError && (d.Status == http.StatusInternalServerError || d.Outcome == diagnosis.Answered),
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

// stations gives the word of state under each of the four stations.
func (v View) stations(s story) [4]string {
	words := [4]string{"state.working", "state.through", "state.working", s.state}
	switch s.gap {
	case gapNetwork:
		words[1] = "state.cut_short"
	case gapDoor:
		words[2] = "state.stopped"
	}
	if s.headline == "headline.too_big" || v.Verdict.Cookies {
		words[0] = "state.too_big"
	}
	return words
}

// isMarked reports the station whose state is the cause: that before or behind the gap, but
// the visitor where too much was sent.
func (s story) isMarked(station int) bool {
	if s.stations[0] == "state.too_big" {
		return station == 0
	}
	return s.gap.stopped(station)
}

// phases are the steps of the cycle, in order.
var phases = [...]diagnosis.Phase{diagnosis.Lookup, diagnosis.Connect, diagnosis.Send, diagnosis.Receive}

// steps gives the four steps of the cycle towards the site.
func (v View) steps(s story) []step {
	failed := -1
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
	case diagnosis.Safe(v.Method):
		return ""
	case d.Outcome == diagnosis.NotSent && d.Phase != diagnosis.Receive:
		return "not_sent"
	case d.Party == diagnosis.Visitor && v.isOwnRefusal():
		return "refused"
	}
	return "unknown"
}

// planned reports a site that was switched off on purpose.
func (v View) planned() bool {
	return v.Diagnosis.Planned && v.Verdict.Party == diagnosis.Site && v.Verdict.Side != diagnosis.SideVisitor
}

// plannedStory has no line and no steps, as nothing is broken, and asks nothing, as the
// answer is known.
func (v View) plannedStory(brand Brand) story {
	s := story{
		opening: opening{headline: "headline.planned", lead: "lead.planned"}, verdict: "verdict.planned",
		box: v.box(), retry: diagnosis.Safe(v.Method), contact: brand.Contact != Contact{},
	}
	wait := "do.later"
	if v.wait() == "do.wait_until" {
		wait, s.lead = "do.wait_until", "lead.planned.until"
	}
	if s.box != "unknown" {
		s.advice = []string{wait}
	}
	if s.contact {
		s.advice = append(s.advice, v.inVoice(brand.Voice, "do.tell"))
	}
	return s
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
