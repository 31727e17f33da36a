package pages

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/look"
)

// A Brand is how a site looks and speaks on its pages. The zero value is useful: the
// page then names the host that was asked for, and offers no contact.
type Brand struct {
	// Site is the name visitors know, such as "Example Shop". Default: the host asked for.
	Site string

	// Contact is who to tell. Default: no contact is shown.
	Contact Contact

	// Logo is shown instead of the name, which it is called by: an svg element, as text,
	// or a URI data:image/png;base64,… (also jpeg, webp, svg+xml); at most 8 KB, without a
	// document type. It is a picture, in which no script runs and nothing is loaded; an SVG
	// follows light and dark by prefers-color-scheme in a style of its own. Default: the name.
	Logo string

	// Theme is the character of the page. Default: ThemeLine.
	Theme Theme

	// Scheme is light, dark, or what the visitor's system has. Default: SchemeAuto.
	Scheme Scheme

	// Accent is the colour of the line, links and the button, as #rgb or #rrggbb. It is
	// darkened or lightened until it can be read in light and dark, on every ground of the
	// theme. Default: a deep blue-green.
	Accent string

	// Radius is that of corners: "0", or a length such as "6px" or "0.5rem", up to 2rem.
	// Default: the theme's.
	Radius string

	// Font is a stack of families that visitors have, such as `Inter, "Segoe UI",
	// sans-serif`. What fits the page's language stays behind it. No font is loaded.
	// Default: the theme's.
	Font string

	// Voice is who speaks. Default: VoiceOwn.
	Voice Voice

	// Translations holds files TAG.json with words of this site in the place of the usual
	// ones, each any part of them. Default: none.
	Translations fs.FS

	// Slots are places for own markup, rendered once for each language. Default: empty.
	Slots Slots

	// SlotsOf gives slots that depend on the request; they are rendered for each page, and
	// stand in the place of those of Slots. Default: nil.
	SlotsOf func(*http.Request) Slots

	// CSP are further sources that the page's policy allows for slots. Default: none.
	CSP Sources

	// Page replaces the whole page, but not what frames, programs and terminals get. It is
	// rendered for each page; where it fails or panics, the built-in page is shown.
	// Default: the built-in page.
	Page func(View) templ.Component

	// PageCSP is the Content-Security-Policy of Page, and required with it. Default: empty.
	PageCSP string
}

// A Contact says how to reach the site's people. Empty fields are not shown.
type Contact struct {
	Email      string // address, such as help@example.com
	Phone      string // number as people write it
	Hours      string // when the phone is answered, with the time zone
	StatusPage string // https or http URL, best on another host than the site
}

// A Voice is who speaks on the page.
type Voice string

// The voices. The zero value means VoiceOwn.
const (
	VoiceOwn   Voice = "own"   // the site's owner: "our side"
	VoiceThird Voice = "third" // a third party, such as a hosting firm: "the problem is at Example Shop"
)

// A Theme is the character of the pages: same structure, same words, another look.
type Theme string

// The themes. The zero value means ThemeLine.
const (
	ThemeLine     Theme = "line"     // quiet paper, the broken line is the picture
	ThemeCard     Theme = "card"     // one centred card on a ground tinted with the accent, for apps
	ThemeBulletin Theme = "bulletin" // black on white, strong type, like a newspaper, for public services
)

// A Scheme says whether pages are light or dark.
type Scheme string

// The schemes. The zero value means SchemeAuto.
const (
	SchemeAuto  Scheme = "auto" // as the visitor's system is
	SchemeLight Scheme = "light"
	SchemeDark  Scheme = "dark"
)

// maxField is the longest value of a field in bytes: what is longer breaks the page.
const maxField = 100

// validate returns how the brand looks, or all its faults, joined.
func (b Brand) validate() (look.Design, error) {
	var errs []error
	fault := func(field, value, want string) {
		if field == "Logo" { // which is long
			value = clean(value, maxField)
		}
		errs = append(errs, fmt.Errorf("pages: Brand.%s %q: %s", field, value, want))
	}
	if e := b.Contact.Email; e != "" {
		if a, err := mail.ParseAddress(e); err != nil || a.Address != e {
			fault("Contact.Email", e, "want a plain address such as help@example.com")
		}
	}
	if s := b.Contact.StatusPage; s != "" {
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			fault("Contact.StatusPage", s, "want a full http or https URL")
		}
	}
	if p := b.Contact.Phone; p != "" && (strings.Trim(p, "+0123456789 ()-./") != "" || !strings.ContainsAny(p, "0123456789")) {
		fault("Contact.Phone", p, "want digits, spaces and + ( ) - . /")
	}
	design := look.Parse(look.Look{
		Theme: string(b.Theme), Scheme: string(b.Scheme), Accent: b.Accent, Radius: b.Radius, Font: b.Font, Logo: b.Logo,
	}, fault)
	b.CSP.validate(fault)
	switch {
	case b.Page != nil && b.PageCSP == "":
		fault("PageCSP", "", "want the Content-Security-Policy of Page, such as default-src 'none'; style-src 'self'")
	case b.Page == nil && b.PageCSP != "":
		fault("PageCSP", b.PageCSP, "want none without Page: sources of slots belong in CSP")
	case b.PageCSP != "":
		if err := checkPolicy(b.PageCSP); err != nil {
			fault("PageCSP", b.PageCSP, err.Error())
		}
	}
	if b.Voice != "" && b.Voice != VoiceOwn && b.Voice != VoiceThird {
		fault("Voice", string(b.Voice), `want "own" or "third"`)
	}
	for _, f := range []struct{ field, value string }{
		{"Site", b.Site}, {"Contact.Phone", b.Contact.Phone}, {"Contact.Hours", b.Contact.Hours},
		{"Contact.Email", b.Contact.Email}, {"Contact.StatusPage", b.Contact.StatusPage},
	} {
		if len(f.value) > maxField {
			fault(f.field, f.value, fmt.Sprintf("want at most %d bytes", maxField))
		}
		if f.value != "" && strings.TrimSpace(f.value) == "" {
			fault(f.field, f.value, "want more than blanks")
		}
		if err := i18n.CheckText(f.value); err != nil {
			fault(f.field, f.value, err.Error())
		}
	}
	return design, errors.Join(errs...)
}
