package pages

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// A Page is what a browser gets.
type Page struct {
	Body   []byte
	Policy string // Content-Security-Policy that the page is made for
	Gzip   bool   // Body is compressed: Content-Encoding is gzip

	// Static says that nothing but the page of last resort could be made.
	Static bool

	buffer *[]byte // that Body is in, of the pool; nil: in none
}

// buffers hold pages while they are written.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Release gives the memory of Body back, for the next page: nobody may look at it any more.
// To leave it out costs memory, and nothing else.
func (p *Page) Release() {
	if p.buffer != nil {
		*p.buffer = p.Body[:0]
		buffers.Put(p.buffer)
		p.Body, p.buffer = nil, nil
	}
}

// Page returns what a browser gets for a view: the brand's own page where it has one, the
// built-in page where that fails, a short one in a frame, and a static one where everything
// fails. There is always a page. An error tells what failed, for the log: a slot, the brand's
// own page, or the built-in one (then Page.Static is set).
//
// With gzip the page may come compressed (RFC 1952). No value of the view is compressed, so
// that the length tells nothing of them. The view stays as it is. Slots see the values of ctx;
// whether it has ended does not matter.
func (s *Site) Page(ctx context.Context, view *View, gzip bool) (Page, error) {
	v := *view
	s.addExtras(&v)
	buffer := buffers.Get().(*[]byte)
	if body, policy, ok := s.join((*buffer)[:0], &v, gzip); ok {
		return Page{Body: body, Policy: policy, Gzip: gzip, buffer: buffer}, nil
	}
	buffers.Put(buffer)
	return s.pageAnew(ctx, view, &v.extras)
}

// pageAnew renders any page. It is apart from [Site.Page] for the sake of the stack: few pages
// need it.
//
//go:noinline
func (s *Site) pageAnew(ctx context.Context, view *View, more *extras) (Page, error) {
	v := *view
	v.extras = *more
	html, policy, err := s.render(context.WithoutCancel(ctx), v)
	if html == nil {
		return Page{Body: lastResort(v.Diagnosis.Status), Policy: policy, Static: true}, err
	}
	return Page{Body: html, Policy: policy}, err
}

// addExtras finds out what the gateway does not say.
func (s *Site) addExtras(v *View) {
	if v.Status != "" {
		v.canaries = s.canaries
	}
	if v.Request == nil {
		return
	}
	v.browser = browserOf(v.Request.Header)
	if !v.Frame && v.Type != "" && s.catalogue != nil {
		v.switcher = s.languages.switcher(v.Language, strings.Join(v.Request.Header["Accept-Language"], ","), v.Explained)
	}
}

// lastResort is the page for when the real one cannot be rendered.
func lastResort(status int) []byte {
	text := strings.TrimSpace(http.StatusText(status) + " (" + strconv.Itoa(status) + ")")
	return []byte("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + text +
		"</title><h1>This site is not answering right now</h1><p>Please wait a minute, then try again.</p></html>\n")
}

// HTML returns the built-in page. Where a slot failed, it is the page without it, and an
// error that says which. Without a page the error is a failure to render.
// An ended context gives an error, not a page.
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

// render returns what a browser gets, with the Content-Security-Policy made for it. As with
// [Site.HTML] there may be both a page and an error.
func (s *Site) render(ctx context.Context, v View) (html []byte, policy string, err error) {
	if s.brand.Page != nil && !v.Frame {
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
