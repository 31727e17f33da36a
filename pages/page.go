package pages

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/look"
)

// A page is a view of one site, with its story told.
type page struct {
	View
	brand  Brand
	name   string // of whoever's page it is
	site   string // the name of the site that was asked for
	logo   string // markup
	styles string // style elements
	slots  rendered
	story  story
	facts  facts
	values []string // for placeholders: name, value, …
	times  []string // of them, in the form of RFC 3339
}

// page is the page of a view as it came from outside.
func (s *Site) page(v View) page {
	v = v.cleaned()
	return s.pageOf(v, v.facts(&s.brand))
}

// pageOf is the page of a view that is cleaned, with f in the place of the view's facts: those
// of an answer, or marks in a page that is prepared for all answers of its kind.
func (s *Site) pageOf(v View, f facts) page {
	p := page{View: v, brand: s.brand, name: cmp.Or(s.brand.Site, f[factSite]), site: f[factSite], logo: s.logo, styles: s.styles, story: v.story(s.brand), facts: f}
	if block := look.WritingOf(v.Language.Tag); block != "" {
		p.styles = "<style>" + block + "</style>" + p.styles
	}
	p.Reference, p.Trace, p.Path, p.Status = f[factReference], f[factTrace], f[factPath], f[factStatus]
	p.values = []string{"Site", p.site, "Reference", p.Reference, "Status", strconv.Itoa(v.Diagnosis.Status), "Limit", f[factLimit],
		"Back", f[factBack], "Time", f[factSince], "Made", f[factMade]}
	p.times = []string{"Back", f[factMachineBack], "Time", f[factMachineSince], "Made", f[factMachineTime]}
	return p
}

// status is the code with its phrase. The phrase is part of the protocol, not of a language.
func (p page) status() string {
	return strings.TrimSpace(strconv.Itoa(p.Diagnosis.Status) + " " + http.StatusText(p.Diagnosis.Status))
}

// code is what support wants to hear: the status and the error type.
func (p page) code() string {
	if p.Diagnosis.Type == "" {
		return p.status()
	}
	return p.status() + ", " + string(p.Diagnosis.Type)
}

// references are all that name this failure in a log.
func (p page) references() string {
	if p.Trace == "" || p.Reference == "" {
		return p.Reference + p.Trace
	}
	return p.Reference + " / " + p.Trace
}

// time returns the time of the failure; empty: not known.
func (p page) time() string { return p.facts[factTime] }

func (p page) machineTime() string { return p.facts[factMachineTime] }

// address returns host and path, shortened.
func (p page) address() string { return p.facts[factAddress] }

// again is where the page is tried again in another tab: an empty reference is its own
// address, which for a form would be one that only takes forms.
func (p page) again() templ.SafeURL {
	if p.story.retry {
		return ""
	}
	return "/"
}

// voiced returns the id of a message for the voice that speaks.
func (p page) voiced(id string) string { return p.inVoice(p.brand.Voice, id) }

// sided returns the id of a message for the side whose gateway this is.
func (p page) sided(id string) string {
	if p.Verdict.Side == diagnosis.SideVisitor {
		return id + ".visitor"
	}
	return id
}

// headline is that of the story, else the name of the kind of failure.
func (p page) headline() string {
	if p.story.headline == "" {
		return cmp.Or(string(p.Diagnosis.Type), http.StatusText(p.Diagnosis.Status))
	}
	return p.text(p.story.headline)
}

func (p page) hasContact() bool { return p.story.contact }

// box returns the words on a form that may have gone through or not.
func (p page) box() []string {
	if p.story.box == "maybe" {
		return []string{"form.unknown.text"}
	}
	ids := []string{"form." + p.story.box + ".text"}
	if p.story.box == "unknown" && p.hasContact() && p.Reference != "" {
		ids = append(ids, p.voiced("form.unknown.ask"))
	}
	return ids
}
