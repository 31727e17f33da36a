package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// Slots are places in the page for an operator's own markup. Nothing stands in a slot by
// default. The page's policy holds for them: no scripts, no style attributes, and what
// they load must be in [Brand.CSP]. Frames have no slots.
//
// A component learns the page's language from [LanguageOf]. One that fails or panics
// costs its slot, never the page.
type Slots struct {
	Header       templ.Component // in the header, after the name
	Advice       templ.Component // below "What you can do"
	ContactExtra templ.Component // below the contact; shown without one too
	Footer       templ.Component // below the page
}

// rendered are the slots of one page, as markup.
type rendered struct{ header, advice, contact, footer string }

type languageKey struct{}

// LanguageOf returns the language of the page that a slot or [Brand.Page] is rendered
// for; nil in any other context.
func LanguageOf(ctx context.Context) *i18n.Language {
	l, _ := ctx.Value(languageKey{}).(*i18n.Language)
	return l
}

// A slotCache holds the slots that depend on nothing but the language.
type slotCache struct {
	mu    sync.Mutex
	known map[*i18n.Language]rendered
}

// slots returns the slots for a page. Its error joins the failures of single slots: what
// is returned has the others.
func (s *Site) slots(ctx context.Context, v View) (rendered, error) {
	out, err := s.allSlots(ctx, v)
	if v.isElsewhere() { // those who run the gateway can do nothing
		out.contact = ""
	}
	return out, err
}

func (s *Site) allSlots(ctx context.Context, v View) (rendered, error) {
	ctx = context.WithValue(context.WithoutCancel(ctx), languageKey{}, v.Language)
	out, err := s.constant(ctx, v.Language)
	if s.brand.SlotsOf == nil || v.Request == nil {
		return out, err
	}
	var own Slots
	request := undying(v.Request)
	if failed := guard("SlotsOf", func() error { own = s.brand.SlotsOf(request); return nil }); failed != nil {
		return out, errors.Join(err, failed)
	}
	return out, errors.Join(err, own.render(ctx, &out))
}

// constant returns Brand.Slots in a language: rendered once, or again after a failure.
func (s *Site) constant(ctx context.Context, l *i18n.Language) (rendered, error) {
	s.cache.mu.Lock()
	out, ok := s.cache.known[l]
	s.cache.mu.Unlock()
	if ok {
		return out, nil
	}
	err := s.brand.Slots.render(ctx, &out)
	if err == nil {
		s.cache.mu.Lock()
		defer s.cache.mu.Unlock()
		if s.cache.known == nil {
			s.cache.known = map[*i18n.Language]rendered{}
		}
		s.cache.known[l] = out
	}
	return out, err
}

// slotsReady reports that the slots of a page are rendered already. To prepare a page never
// calls a slot for the first time: a slot that fails, or is slow, is called once per answer.
func (s *Site) slotsReady(v *View) bool {
	if v.Frame || s.brand.Slots == (Slots{}) {
		return true
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	_, ok := s.cache.known[v.Language]
	return ok
}

// render puts what is there into out.
func (s Slots) render(ctx context.Context, out *rendered) error {
	var errs []error
	for _, slot := range []struct {
		name string
		from templ.Component
		to   *string
	}{{"Header", s.Header, &out.header}, {"Advice", s.Advice, &out.advice}, {"ContactExtra", s.ContactExtra, &out.contact}, {"Footer", s.Footer, &out.footer}} {
		if slot.from == nil {
			continue
		}
		markup, err := renderGuarded(ctx, "Slots."+slot.name, slot.from)
		*slot.to = string(markup)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// renderGuarded renders a component of the operator: all of it or nothing.
func renderGuarded(ctx context.Context, name string, c templ.Component) ([]byte, error) {
	var b bytes.Buffer
	if err := guard(name, func() error { return c.Render(ctx, &b) }); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// guard turns a failure or a panic of the operator's code into an error.
func guard(name string, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pages: Brand.%s: panic: %v", name, p)
		}
	}()
	if err := call(); err != nil {
		return fmt.Errorf("pages: Brand.%s: %w", name, err)
	}
	return nil
}

// undying returns the request with a context that does not end: templ renders nothing
// under an ended one, and that of a failed request often is.
func undying(r *http.Request) *http.Request {
	if r == nil {
		return nil
	}
	return r.WithContext(context.WithoutCancel(r.Context()))
}
