package pages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func component(render func(context.Context, io.Writer) error) templ.Component {
	return templ.ComponentFunc(render)
}

var (
	failing = component(func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "<p>half")
		return errors.New("broken")
	})
	panicking = component(func(_ context.Context, w io.Writer) error { _, _ = io.WriteString(w, "<p>half"); panic("oh") })
)

// TestSlotsStandInTheirPlaces reads where each slot is.
func TestSlotsStandInTheirPlaces(t *testing.T) {
	root := tree(t, html(t, dressed, seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")))
	for _, tt := range []struct{ name, tag, class, words string }{
		{"the header", "header", "", "Start"},
		{"the advice", "", "do", "Call the shop in your town."},
		{"the contact", "", "contact", "Or come by: High Street 1."},
		{"the footer", "footer", "", "Example Ltd, Dover"},
	} {
		places := root.classed(tt.class)
		if tt.tag != "" {
			places = root.all(tt.tag)
		}
		if len(places) != 1 || !strings.Contains(places[0].words(), tt.words) {
			t.Errorf("%s has no %q", tt.name, tt.words)
		}
	}
	t.Run("a contact of the operator's own needs no other", func(t *testing.T) {
		b := Brand{Slots: Slots{ContactExtra: templ.Raw("<p>Room 12</p>")}}
		if page := html(t, b, failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")); !strings.Contains(page, "Room 12") {
			t.Error("it is not shown")
		}
	})
	t.Run("nobody is sent to those who can do nothing", func(t *testing.T) {
		if page := html(t, dressed, judged(diagnosis.DNSError.Diagnosis(), "visitor: one", "GET")); strings.Contains(page, "High Street") {
			t.Error("the contact is shown")
		}
	})
	t.Run("a frame has no slots", func(t *testing.T) {
		v := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
		v.Frame = true
		if page := html(t, dressed, v); strings.Contains(page, "Dover") {
			t.Error("the footer is shown")
		}
	})
}

// TestSlotsAreRenderedOnceForEachLanguage counts.
func TestSlotsAreRenderedOnceForEachLanguage(t *testing.T) {
	var rendered atomic.Int32
	site := compile(t, Brand{Slots: Slots{Footer: component(func(ctx context.Context, w io.Writer) error {
		rendered.Add(1)
		_, err := fmt.Fprintf(w, "<p>footer in %s</p>", LanguageOf(ctx).Tag)
		return err
	})}})
	for range 3 {
		for _, tag := range []string{"en", "ar"} {
			v := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
			v.Language = lang(t, tag)
			page, err := site.HTML(t.Context(), v)
			if err != nil || !strings.Contains(string(page), "footer in "+tag) {
				t.Fatalf("%s: %v", tag, err)
			}
		}
	}
	if n := rendered.Load(); n != 2 {
		t.Errorf("rendered %d times, want 2", n)
	}
}

// TestSlotsOfRequest: they see the request, though it is dead, and stand before the others.
func TestSlotsOfRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://shop.example.com/cart", nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	b := dressed
	b.SlotsOf = func(r *http.Request) Slots {
		return Slots{Footer: component(func(ctx context.Context, w io.Writer) error {
			if err := errors.Join(ctx.Err(), r.Context().Err()); err != nil {
				return err
			}
			_, err := fmt.Fprintf(w, "<p>you asked for %s in %s</p>", r.URL.Path, LanguageOf(ctx).Tag)
			return err
		})}
	}
	v := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
	v.Request = request
	page := html(t, b, v)
	if !strings.Contains(page, "you asked for /cart in en") || strings.Contains(page, "Dover") || !strings.Contains(page, "High Street") {
		t.Error("the slots of the request are not those shown, or the others are gone")
	}
	v.Request = nil
	if page := html(t, b, v); !strings.Contains(page, "Dover") {
		t.Error("without a request the constant footer is not shown")
	}
}

// TestSlotThatFails costs its place and nothing else, and is told.
func TestSlotThatFails(t *testing.T) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://shop.example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	of := func(s Slots) func(*http.Request) Slots { return func(*http.Request) Slots { return s } }
	for _, tt := range []struct {
		name  string
		brand Brand
		want  string // in the error
	}{
		{"a footer that fails", Brand{Slots: Slots{Footer: failing}}, "pages: Brand.Slots.Footer: broken"},
		{"a header that panics", Brand{Slots: Slots{Header: panicking}}, "pages: Brand.Slots.Header: panic: oh"},
		{"advice of the request that fails", Brand{SlotsOf: of(Slots{Advice: failing})}, "pages: Brand.Slots.Advice: broken"},
		{"a contact of the request that panics", Brand{SlotsOf: of(Slots{ContactExtra: panicking})}, "pages: Brand.Slots.ContactExtra: panic: oh"},
		{"slots that panic before they are there", Brand{SlotsOf: func(*http.Request) Slots { panic("oh") }}, "pages: Brand.SlotsOf: panic: oh"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.brand.Site = "Example Shop"
			v := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
			v.Request = request
			page, policy, err := compile(t, tt.brand).render(t.Context(), v)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
			if want := html(t, Brand{Site: "Example Shop"}, v); string(page) != want {
				t.Error("the page is not the one without the slot")
			}
			if policy != compile(t, Brand{}).CSP(v) {
				t.Errorf("policy = %s", policy)
			}
		})
	}
	t.Run("the others are shown", func(t *testing.T) {
		page, err := compile(t, Brand{Slots: Slots{Header: failing, Footer: templ.Raw("<p>Dover</p>")}}).HTML(t.Context(), failed(diagnosis.ConnectionRefused.Diagnosis(), "GET"))
		if err == nil || !strings.Contains(string(page), "Dover") {
			t.Errorf("no footer, %v", err)
		}
	})
}

// TestOwnPage: a page of the operator's own, and ours where it fails, each with its policy.
func TestOwnPage(t *testing.T) {
	const own = "default-src 'none'; img-src 'self'"
	view := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
	framed := view
	framed.Frame = true
	for _, tt := range []struct {
		name string
		page func(View) templ.Component
		view View
		ours bool
		err  string
	}{
		{"that works", ownPage, view, false, ""},
		{"that fails", func(View) templ.Component { return failing }, view, true, "pages: Brand.Page: broken"},
		{"that panics while it is rendered", func(View) templ.Component { return panicking }, view, true, "pages: Brand.Page: panic: oh"},
		{"that panics before", func(View) templ.Component { panic("oh") }, view, true, "pages: Brand.Page: panic: oh"},
		{"that is not there", func(View) templ.Component { return nil }, view, true, "pages: Brand.Page: no component"},
		{"that is empty", func(View) templ.Component { return templ.NopComponent }, view, true, "pages: Brand.Page: an empty page"},
		{"in a frame", ownPage, framed, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site := compile(t, Brand{Page: tt.page, PageCSP: own})
			page, policy, err := site.render(t.Context(), tt.view)
			if got := fmt.Sprint(err); tt.err != "" && got != tt.err || tt.err == "" && err != nil {
				t.Errorf("error = %v, want %s", err, tt.err)
			}
			want, wantPolicy := "<!doctype html><title>Own</title>", own
			if tt.ours {
				want, wantPolicy = html(t, Brand{}, tt.view), site.CSP(tt.view)
			}
			if tt.view.Frame {
				wantPolicy = site.CSP(framed)
			}
			if string(page) != want || policy != wantPolicy {
				t.Errorf("another page, or another policy: %s", policy)
			}
		})
	}
}

// TestSourcesOfSlots are added to the policy of the page, not to that of a frame.
func TestSourcesOfSlots(t *testing.T) {
	site := compile(t, Brand{CSP: Sources{
		Img: []string{"https://cdn.example.net", "data:"}, Font: []string{"'self'"},
		Style: []string{"'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"}, Connect: []string{"https://status.example.net"},
	}})
	view := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
	framed := view
	framed.Frame = true
	for name, policy := range map[string]string{"a page": site.CSP(view), "a page with the script": site.CSP(waiting(view, "https://canary.example.net/"))} {
		got := directives(policy)
		for directive, want := range map[string]string{"img-src": "data: https://cdn.example.net", "font-src": "'self'", "style-src": "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "connect-src": "https://status.example.net"} {
			if sources := strings.Join(got[directive], " "); !strings.Contains(sources, want) || strings.Count(policy, directive) != 1 {
				t.Errorf("%s: %s %s, want %s", name, directive, sources, want)
			}
		}
	}
	if got, want := strings.Join(directives(site.CSP(waiting(view, "https://canary.example.net/")))["connect-src"], " "), "'self' https://status.example.net https://canary.example.net"; got != want {
		t.Errorf("connect-src %s, want %s", got, want)
	}
	if site.CSP(framed) != compile(t, Brand{}).CSP(framed) {
		t.Errorf("the frame's policy is another: %s", site.CSP(framed))
	}
}
