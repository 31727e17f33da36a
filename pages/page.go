package pages

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/fiveohtwo/fiveohtwo/i18n"
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
	values []string // for placeholders: name, value, …
	times  []string // of them, in the form of RFC 3339
}

func (s *Site) page(v View) page {
	v = v.cleaned()
	p := page{View: v, brand: s.brand, name: cmp.Or(s.brand.Site, v.site(s.brand)), site: v.site(s.brand), logo: s.logo, styles: s.styles, story: v.story(s.brand)}
	if block := faceStyle(v.Language); block != "" {
		p.styles = "<style>" + block + "</style>" + p.styles
	}
	back := v.Time.Add(v.Diagnosis.RetryAfter)
	p.values = []string{"Site", p.site, "Reference", v.Reference, "Status", strconv.Itoa(v.Diagnosis.Status), "Limit", size(v.Diagnosis.Limit),
		"Back", back.UTC().Format(shortTimeLayout), "Time", v.Verdict.Since.UTC().Format("15:04 UTC"), "Made", v.Time.UTC().Format(shortTimeLayout)}
	p.times = []string{"Back", machineTime(back), "Time", machineTime(v.Verdict.Since), "Made", machineTime(v.Time)}
	return p
}

// HTML returns the built-in page. Where a slot failed, it is the page without it, and an
// error that says which. Without a page the error is a failure to render: [Site.Static]
// then still has something to show. An ended context gives an error, not a page.
func (s *Site) HTML(ctx context.Context, v View) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(16 << 10)
	p := s.page(v)
	template := frame
	var slotErr error
	if !v.Frame {
		template = document
		p.slots, slotErr = s.slots(ctx, v)
		if v.isElsewhere() { // those who run the gateway can do nothing
			p.slots.contact = ""
		}
	}
	if err := template(p).Render(ctx, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), slotErr
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

// text returns a message as plain text.
func (p page) text(id string) string { return p.textWith(id, p.values...) }

// textWith keeps values apart from text that runs from right to left, as <bdi> does
// where there is markup (Unicode UAX #9 §2.4).
func (p page) textWith(id string, values ...string) string {
	values = p.begun(id, values)
	if p.Language.Dir == "rtl" {
		values = slices.Clone(values)
		for i := 1; i < len(values); i += 2 {
			values[i] = "\u2068" + values[i] + "\u2069"
		}
	}
	return p.Language.Text(id, values...)
}

// title names the site and the problem; the status code comes last.
func (p page) title() string {
	id := "page.title.named"
	if headline := p.Language.Message(p.story.headline); len(headline) > 0 && headline[0].Placeholder == "Site" {
		id = "page.title"
	}
	return p.textWith(id, append(p.values, "Headline", p.text(p.story.headline))...)
}

// say writes a message; values stand in <bdi>, so that a name or number in another
// script does not turn the sentence around.
func (p page) say(id string) templ.Component { return p.sayWith(id, p.values...) }

func (p page) sayWith(id string, values ...string) templ.Component {
	return sentence(p.Language.Message(id), p.begun(id, values), p.times)
}

// begun gives the words that stand for a site without a name a capital letter where they
// begin a message. Names are left as they are.
func (p page) begun(id string, values []string) []string {
	unnamed := p.Language.Text("site.unnamed")
	m := p.Language.Message(id)
	if p.site != unnamed || len(m) == 0 || m[0].Placeholder != "Site" {
		return values
	}
	first, size := utf8.DecodeRuneInString(unnamed)
	capital := cases.Upper(language.Make(p.Language.Tag)).String(string(first)) + unnamed[size:]
	return append([]string{"Site", capital}, values...)
}

func value(segment i18n.Segment, values []string) string {
	return i18n.Value(segment.Placeholder, values)
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

const (
	timeLayout      = "2006-01-02 15:04:05 UTC"
	shortTimeLayout = "2006-01-02 15:04 UTC"
)

// time returns the time of the failure; empty: not known.
func (p page) time() string {
	if p.Time.IsZero() {
		return ""
	}
	return p.Time.UTC().Format(timeLayout)
}

func (p page) machineTime() string { return machineTime(p.Time) }

func machineTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// size is a number of bytes as people say it, rounded down: less is taken in any case.
func size(bytes int64) string {
	unit, units := int64(1<<10), []string{"KB", "MB", "GB"}
	for len(units) > 1 && bytes >= unit<<10 {
		unit, units = unit<<10, units[1:]
	}
	return strconv.FormatFloat(float64(bytes*10/unit)/10, 'f', -1, 64) + " " + units[0]
}

// again is where the page is tried again in another tab: an empty reference is its own
// address, which for a form would be one that only takes forms.
func (p page) again() templ.SafeURL {
	if p.story.retry {
		return ""
	}
	return "/"
}

// mail is the mailto URI: a subject in the visitor's language, a report in English for
// those who read it.
func (p page) mail() templ.SafeURL {
	report := []string{"", ""}
	line := func(label, value string) {
		if value != "" {
			report = append(report, label+": "+value)
		}
	}
	line("Reference", p.references())
	line("Time", p.time())
	line("Address", p.address())
	line("Error", p.code())
	line("Step", string(p.Diagnosis.Phase))
	subject := "contact.subject"
	if p.Reference == "" {
		subject = p.story.headline
	}
	local, domain, _ := strings.Cut(p.brand.Contact.Email, "@")
	return templ.SafeURL("mailto:" + url.QueryEscape(local) + "@" + url.QueryEscape(domain) + "?subject=" + mailText.Replace(p.text(subject)) +
		"&body=" + mailText.Replace(strings.Join(report, "\r\n")))
}

// mailText escapes what ends a field of a mailto URI (RFC 6068 §2) and what may stand in no
// URL. Letters outside ASCII may (URL Standard, "URL code points"): browsers escape them.
var mailText = escapes("%&#+? \"<>[]\\^`{|}\r\n\t")

func escapes(characters string) *strings.Replacer {
	var pairs []string
	for _, c := range characters {
		pairs = append(pairs, string(c), fmt.Sprintf("%%%02X", c))
	}
	return strings.NewReplacer(pairs...)
}

func (p page) phone() templ.SafeURL {
	number := strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, p.brand.Contact.Phone)
	return templ.SafeURL("tel:" + number)
}

// voiced returns the id of a message for the voice that speaks.
func (p page) voiced(id string) string {
	if p.brand.Voice == Third {
		return id + ".third"
	}
	return id
}

// sided returns the id of a message for the side whose gateway this is.
func (p page) sided(id string) string {
	if p.Verdict.Side == diagnosis.SideVisitor {
		return id + ".visitor"
	}
	return id
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
