package pages

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/join"
)

func TestPreparedSamples(t *testing.T) {
	takesLong(t)
	st := newStore(maxVariants, maxPrepared)
	for _, s := range samples() {
		if s.view.StatusOnly {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			for theme, tags := range map[Theme][]string{ThemeLine: {"en", "ar", "el", "ta"}, ThemeCard: {s.lang}, ThemeBulletin: {"de"}} {
				s.brand.Theme = theme
				site := storing(t, s.brand, st)
				for _, tag := range tags {
					v := s.in(lang(t, tag))
					samePrepared(t, site, v)
					samePrepared(t, site, referring(v))
					v.Frame = true
					samePrepared(t, site, v)
				}
			}
		})
	}
}

// TestPreparedViews goes through all that can be told, in three brands and two directions
// of writing.
func TestPreparedViews(t *testing.T) {
	takesLong(t)
	sites := []*Site{preparing(t, shop), preparing(t, hoster), preparing(t, Brand{})}
	for i, v := range usualViews() {
		v.Language = lang(t, []string{"en", "ar"}[i%2])
		if i%4 > 1 {
			v = waiting(v, "https://www.example.net/alive")
		}
		samePrepared(t, sites[i%len(sites)], v)
	}
}

// TestPreparedParts: what a view lacks, its page lacks, prepared or not.
func TestPreparedParts(t *testing.T) {
	st := newStore(maxVariants, maxPrepared)
	base := waiting(seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET"))
	for name, change := range map[string]func(*View){
		"all there":                      func(*View) {},
		"no reference":                   func(v *View) { v.Reference = "" },
		"two references":                 func(v *View) { v.Trace = "4bf92f3577b34da6a3ce929d0e0e4736" },
		"only one of a trace":            func(v *View) { v.Reference, v.Trace = "", "4bf92f3577b34da6a3ce929d0e0e4736" },
		"no host":                        func(v *View) { v.Host = "" },
		"no path":                        func(v *View) { v.Path = "" },
		"neither host nor path":          func(v *View) { v.Host, v.Path = "", "" },
		"a host that is an address":      func(v *View) { v.Host = "[2001:db8::1]:8443" },
		"a host like the words for none": func(v *View) { v.Host = v.Language.Text("site.unnamed") },
		"somebody else's site":           func(v *View) { v.Verdict.Side = diagnosis.SideVisitor },
		"one called as the brand is":     func(v *View) { v.Verdict.Side, v.Host = diagnosis.SideVisitor, shop.Site },
		"one without a name":             func(v *View) { v.Verdict.Side, v.Host = diagnosis.SideVisitor, "" },
		"no time":                        func(v *View) { v.Time = time.Time{} },
		"a time before our era":          func(v *View) { v.Time = time.Date(-3, 1, 2, 3, 4, 5, 0, time.UTC) },
		"a time with five digits":        func(v *View) { v.Time = time.Date(12026, 1, 2, 3, 4, 5, 0, time.UTC) },
		"a long wait":                    func(v *View) { v.Diagnosis.RetryAfter = 90 * time.Minute },
		"a long wait from nobody knows":  func(v *View) { v.Diagnosis.RetryAfter, v.Time = 90*time.Minute, time.Time{} },
		"a short wait":                   func(v *View) { v.Diagnosis.RetryAfter = time.Minute },
		"nothing to ask":                 func(v *View) { v.Status = "" },
		"nothing to clear":               func(v *View) { v.ClearCache = "" },
		"a plain connection":             func(v *View) { v.Secure = true },
		"an address cut short":           func(v *View) { v.Path = "/" + strings.Repeat("long/", 40) },
		"a part of another page":         func(v *View) { v.Frame = true },
		"a list of all languages": func(v *View) {
			*v = explained(diagnosis.ConnectionRefused)
			v.switcher.every = catalogue()
		},
		"a status of nobody's": func(v *View) { v.Diagnosis.Status = 599 },
	} {
		t.Run(name, func(t *testing.T) {
			for _, brand := range []Brand{shop, {}} {
				site := storing(t, brand, st)
				for _, tag := range []string{"en", "ar"} {
					v := base
					v.Language = lang(t, tag)
					change(&v)
					samePrepared(t, site, v)
				}
			}
		})
	}
}

// TestUnprepared: what cannot be prepared is left to be rendered, and dst as it was.
func TestUnprepared(t *testing.T) {
	broken := templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("broken") })
	request := failed(anyDiagnosis, "GET")
	request.Request = &http.Request{}
	framed := request
	framed.Frame = true
	own := Brand{Page: func(View) templ.Component { return templ.Raw("<p>ours</p>") }, PageCSP: "default-src 'none'"}
	of := Brand{SlotsOf: func(*http.Request) Slots { return Slots{Footer: templ.Raw("<p>for you</p>")} }}
	for _, c := range []struct {
		name  string
		brand Brand
		view  View
		want  bool
	}{
		{"a page of nothing but a status", shop, statusOnly(502), false},
		{"a page of the brand's own", own, request, false},
		{"a frame of a brand with a page", own, framed, true},
		{"slots of a request", of, request, false},
		{"slots of a request, and none", of, failed(anyDiagnosis, "GET"), true},
		{"slots of a request, in a frame", of, framed, true},
		{"a slot that fails", Brand{Slots: Slots{Footer: broken}}, request, false},
		{"a frame of a brand with a slot that fails", Brand{Slots: Slots{Footer: broken}}, framed, true},
		{"a slot that is longer than any page", Brand{Slots: Slots{Footer: templ.Raw(strings.Repeat("long ", join.MaxPage/5))}}, request, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := preparing(t, c.brand)
			_, _, _ = site.render(t.Context(), c.view) // with its slots, which are kept
			for range 2 {
				page, _, ok := appendPrepared(site, []byte("before"), &c.view, true)
				if ok != c.want || !ok && string(page) != "before" {
					t.Errorf("prepared: %v, want %v; %.20q", ok, c.want, page)
				}
			}
		})
	}
}

// TestPreparedSlots: slots are rendered by who renders a page, so that no slot is rendered
// twice for one answer.
func TestPreparedSlots(t *testing.T) {
	calls := 0
	site := preparing(t, Brand{Slots: Slots{Advice: templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		calls++
		_, err := io.WriteString(w, "<p>Our <section class=\"own\">words</section> \ue000[ %EE%80%80%5B \ue000</p>")
		return err
	})}})
	v := failed(anyDiagnosis, "GET")
	if _, _, ok := appendPrepared(site, nil, &v, false); ok || calls > 0 {
		t.Errorf("prepared before a page was rendered: %v, after %d calls", ok, calls)
	}
	samePrepared(t, site, v)
	if calls != 1 {
		t.Errorf("%d calls of a slot, want 1", calls)
	}
}
