package pages

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
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

func (s *Site) page(v View) page {
	v = v.cleaned()
	return s.pageOf(v, v.facts(&s.brand))
}

// pageOf is the page of a view that is cleaned, with f in the place of the view's facts.
func (s *Site) pageOf(v View, f facts) page {
	p := page{View: v, brand: s.brand, name: cmp.Or(s.brand.Site, f[factSite]), site: f[factSite], logo: s.logo, styles: s.styles, story: v.story(s.brand), facts: f}
	if block := faceStyle(v.Language); block != "" {
		p.styles = "<style>" + block + "</style>" + p.styles
	}
	p.Reference, p.Trace, p.Path, p.Status = f[factReference], f[factTrace], f[factPath], f[factStatus]
	p.values = []string{"Site", p.site, "Reference", p.Reference, "Status", strconv.Itoa(v.Diagnosis.Status), "Limit", f[factLimit],
		"Back", f[factBack], "Time", f[factSince], "Made", f[factMade]}
	p.times = []string{"Back", f[factMachineBack], "Time", f[factMachineSince], "Made", f[factMachineTime]}
	return p
}

// HTML returns the built-in page. Where a slot failed, it is the page without it, and an
// error that says which. Without a page the error is a failure to render: [Site.Static]
// then still has something to show. An ended context gives an error, not a page.
func (s *Site) HTML(ctx context.Context, v View) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(16 << 10)
	p := s.page(v)
	var slotErr error
	if !v.Frame {
		p.slots, slotErr = s.slots(ctx, v)
	}
	if err := p.template().Render(ctx, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), slotErr
}

// template is the one that the page is rendered by.
func (p page) template() templ.Component {
	if p.Frame {
		return frame(p)
	}
	return document(p)
}

// Render returns what a browser gets, with the Content-Security-Policy made for it: the
// brand's own page where it has one, the built-in page where that fails, a short one for
// frames. As with [Site.HTML] there may be both a page and an error, for the log.
func (s *Site) Render(ctx context.Context, v View) (html []byte, policy string, err error) {
	if v.Frame {
		html, err = s.HTML(ctx, v)
		return html, s.CSP(v), err
	}
	if s.brand.Page != nil {
		html, err = s.ownPage(ctx, v)
		if err == nil {
			return html, s.brand.PageCSP, nil
		}
	}
	html, builtinErr := s.HTML(ctx, v)
	return html, s.CSP(v), errors.Join(err, builtinErr)
}

// ownPage renders Brand.Page, with the view made fit to be shown.
func (s *Site) ownPage(ctx context.Context, v View) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v = v.cleaned()
	v.Request = undying(v.Request)
	ctx = context.WithValue(ctx, languageKey{}, v.Language)
	var own templ.Component
	if err := guard("Page", func() error { own = s.brand.Page(v); return nil }); err != nil {
		return nil, err
	}
	if own == nil {
		return nil, errors.New("pages: Brand.Page: no component")
	}
	html, err := renderGuarded(ctx, "Page", own)
	if err == nil && len(html) == 0 {
		err = errors.New("pages: Brand.Page: an empty page")
	}
	return html, err
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

// listsLanguages reports a page with more languages than a switcher can hold.
func (p page) listsLanguages() bool { return p.Explained && len(p.Languages) > 12 }

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
