package pages

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// A Brand is how a site looks and speaks on its pages. The zero value is useful: the
// page then names the host that was asked for, and offers no contact.
type Brand struct {
	// Site is the name visitors know, such as "Example Shop". Default: the host asked for.
	Site string

	// Contact is who to tell. Default: no contact is shown.
	Contact Contact

	// Accent is the colour of the line, links and the button, as #rgb or #rrggbb. It is
	// darkened or lightened until it can be read in light and dark. Default: a deep
	// blue-green.
	Accent string

	// Voice is who speaks. Default: Own.
	Voice Voice

	// Footer is shown below the page; it is rendered once. The page's Content-Security-
	// Policy holds for it: no scripts, no outside pictures, no style attributes.
	// Default: no footer.
	Footer templ.Component
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

// The voices. The zero value means Own.
const (
	Own   Voice = "own"   // the site's owner: "our side"
	Third Voice = "third" // a third party, such as a hosting firm: "the problem is at Example Shop"
)

// maxField is the longest value of a field in bytes: what is longer breaks the page.
const maxField = 100

// validate returns all faults of the brand, joined.
func (b Brand) validate() error {
	var errs []error
	fault := func(field, value, want string) {
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
	if b.Accent != "" {
		if _, err := parseColour(b.Accent); err != nil {
			fault("Accent", b.Accent, err.Error())
		}
	}
	if b.Voice != "" && b.Voice != Own && b.Voice != Third {
		fault("Voice", string(b.Voice), `want "own" or "third"`)
	}
	for _, f := range []struct{ field, value string }{
		{"Site", b.Site}, {"Contact.Phone", b.Contact.Phone}, {"Contact.Hours", b.Contact.Hours},
		{"Contact.Email", b.Contact.Email}, {"Contact.StatusPage", b.Contact.StatusPage},
	} {
		switch {
		case len(f.value) > maxField:
			fault(f.field, f.value, fmt.Sprintf("want at most %d bytes", maxField))
		case f.value != "" && (strings.TrimSpace(f.value) == "" || !isPlain(f.value)):
			fault(f.field, f.value, "want plain text without control characters")
		}
	}
	return errors.Join(errs...)
}
