package pages

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/join"
)

// Bounds on what the sites of a gateway keep to serve pages fast. Which variants there are
// is up to the visitors, too: their languages, browsers and methods. 20 variants of one brand
// in one language take about 200 KB; a compressor, a megabyte, comes and goes.
const (
	maxVariants = 1024
	maxPrepared = 8 << 20 // bytes
)

// borders are where pages are cut, besides at their facts.
var borders = regexp.MustCompile(`<style>|</head>|<main|<div class="under">|<fieldset |<script>`)

func newStore(maxVariants, maxBytes int) *join.Store[variant] {
	return join.NewStore[variant](maxVariants, maxBytes, escapes, borders)
}

// A variant is the pages that differ in nothing but facts: their view, with the same value in
// the place of each fact. What is not replaced here stays in the view: a field that somebody
// forgets makes more variants, never a wrong page.
type variant struct {
	site  int64 // of [Site], not of its name
	named bool  // the name of the site is a fact: its host
	view  View
}

// present stands for a text that is there.
const present = "-"

var anyTime = time.Unix(0, 0).UTC()

// variant returns that of a view which is cleaned, and of a site with that name.
func (s *Site) variant(v *View, name string) variant {
	k := variant{
		site:  s.id,
		named: (s.brand.Site == "" || v.Verdict.Side == diagnosis.SideVisitor) && name != v.Language.Text("site.unnamed"),
		view:  *v,
	}
	k.view.replaceFacts()
	return k
}

func (v *View) replaceFacts() {
	v.Request = nil
	if v.Host != "" || v.Path != "" {
		v.Host, v.Path = present, ""
	}
	for _, text := range [...]*string{&v.Reference, &v.Trace, &v.Status} {
		if *text != "" {
			*text = present
		}
	}
	if diagnosis.Safe(v.Method) {
		v.Method = http.MethodGet
	} else {
		v.Method = http.MethodPost
	}
	for _, at := range [...]*time.Time{&v.Time, &v.Verdict.Since} {
		if at.IsZero() {
			*at = time.Time{}
		} else {
			*at = anyTime
		}
	}
	d := &v.Diagnosis
	d.RetryAfter, d.Limit = about(d.RetryAfter, time.Minute, time.Hour), about(d.Limit, 0, 1<<20)
	d.ReceivedStatus, d.Alert, d.FailFast, d.Hint = 0, 0, false, "" // for programs and the operator
	if !v.switcher.offers() {
		v.Type = ""
	}
}

// about returns one value for all above a limit, and nought for the others.
func about[N int64 | time.Duration](n, limit, value N) N {
	if n > limit {
		return value
	}
	return 0
}

// owned returns the variant with strings of its own: a piece of a request line would keep all
// of that alive for as long as the variant is.
func (k variant) owned() variant {
	d, j := &k.view.Diagnosis, &k.view.Verdict
	for _, s := range []*string{
		(*string)(&d.Type), (*string)(&d.Phase), (*string)(&d.Party), (*string)(&d.Outcome), (*string)(&j.Party),
		(*string)(&j.Confidence), (*string)(&j.Scope), (*string)(&j.Side), &k.view.ClearCache, &k.view.Type,
	} {
		*s = strings.Clone(*s)
	}
	return k
}

// marks are what stands for the facts. Those that may be missing are empty. The name is
// that of the site where it is no fact.
func (k *variant) marks(name string) facts {
	var f facts
	for i := range f {
		f[i] = join.Mark(uint8(i))
	}
	v := &k.view
	for i, there := range map[fact]bool{
		factReference: v.Reference != "", factTrace: v.Trace != "", factAddress: v.Host != "", factStatus: v.Status != "", factTime: !v.Time.IsZero(),
	} {
		if !there {
			f[i] = ""
		}
	}
	if !k.named {
		f[factSite] = name
	}
	return f
}

// join appends a page that is made of pieces, and completes the view for it. It is not ok,
// and dst as it was, where the page must be rendered: for a brand with a Page or SlotsOf, a
// view with StatusOnly, slots that fail or were not rendered yet, and where the store makes no
// template.
func (s *Site) join(dst []byte, v *View, gzip bool) (page []byte, policy string, ok bool) {
	if v.StatusOnly || !v.Frame && (s.brand.Page != nil || s.brand.SlotsOf != nil && v.Request != nil) {
		return dst, "", false
	}
	v.clean()
	name := v.site(&s.brand)
	k := s.variant(v, name)
	template, known := s.prepared.Get(&k)
	if !known && s.slotsReady(v) {
		template = s.prepare(k)
	}
	if template == nil {
		return dst, "", false
	}
	j := template.Join(dst, gzip)
	for j.Next() {
		j.Page = v.appendFact(j.Page, j.Hole, name)
	}
	if page, ok = j.End(); !ok {
		return dst, "", false
	}
	return page, template.Policy, true
}

// prepare has the store make the template of a variant. The draft is made of the variant
// alone, so that nothing else of a visitor can get into the pages of others.
func (s *Site) prepare(k variant) *join.Template {
	k = k.owned()
	return s.prepared.Make(k, func() (page, policy string, err error) { return s.draft(context.Background(), &k) })
}

// draft renders a page of the variant, with marks in the place of its facts.
func (s *Site) draft(ctx context.Context, k *variant) (page, policy string, err error) {
	v := k.view
	v.Host = "" // the name of the site comes from the marks
	p := s.pageOf(v, k.marks(v.site(&s.brand)))
	if !v.Frame {
		if p.slots, err = s.slots(ctx, v); err != nil {
			return "", "", err
		}
	}
	var b bytes.Buffer
	b.Grow(32 << 10)
	err = p.template().Render(ctx, &b)
	return b.String(), s.CSP(p.View), err
}
