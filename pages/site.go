package pages

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/join"
)

// A Config says what the sites of one gateway have in common. The zero value is useful.
type Config struct {
	// Catalogue has the usual words. Default: none, pages have no language switcher.
	Catalogue *i18n.Catalogue

	// Canaries are at most four https or http URLs of the operator's own, elsewhere than the
	// gateway, with a host name or an IPv4 address, without user and fragment. Where a page
	// can no longer reach the gateway, they tell its script whether the visitor's connection
	// reaches anything. Default: none.
	Canaries []string
}

// Pages are the sites of one gateway. They keep what they prepare together: parts that are
// alike are there once. At most 1024 kinds of pages and 8 MB are kept. Pages is safe for
// concurrent use; make it with [New].
type Pages struct {
	catalogue *i18n.Catalogue
	canaries  *canaries
	prepared  *join.Store[variant]
	sites     atomic.Int64 // so far
}

// New checks the Config. Its error joins all faults.
func New(c Config) (*Pages, error) {
	canaries, err := parseCanaries(c.Canaries...)
	if err != nil {
		return nil, err
	}
	return &Pages{catalogue: c.Catalogue, canaries: canaries, prepared: newStore(maxVariants, maxPrepared)}, nil
}

// A Site is a [Brand] made ready: checked, its colours computed, its policy hashed. It is
// safe for concurrent use.
type Site struct {
	id        int64 // among the sites of the store
	catalogue *i18n.Catalogue
	languages languageChoice
	canaries  *canaries
	prepared  *join.Store[variant]
	brand     Brand
	logo      string // markup
	styles    string // elements
	policies  policySet
	cache     slotCache
}

// Compile makes one brand ready, for a program without a catalogue and without canaries. Its
// error joins all faults of the brand.
func Compile(b Brand) (*Site, error) {
	p, err := New(Config{})
	if err != nil {
		return nil, err
	}
	return p.Site(b)
}

// Site makes a brand ready. Its error joins all faults of the brand; of the brand's own words
// it says which file is wrong, and how.
func (p *Pages) Site(b Brand) (*Site, error) {
	design, err := b.validate()
	if err != nil {
		return nil, err
	}
	if b.Contact.Phone == "" {
		b.Contact.Hours = "" // hours are those of a phone
	}
	b.PageCSP = strings.Join(strings.Fields(b.PageCSP), " ") // a header field has one line
	styles := design.Styles()
	s := &Site{
		id: p.sites.Add(1), catalogue: p.catalogue, canaries: p.canaries, prepared: p.prepared, brand: b,
		logo: design.Logo, styles: "<style>" + strings.Join(styles, "</style><style>") + "</style>", policies: policies(styles, b.CSP),
	}
	if s.catalogue != nil && b.Translations != nil {
		if s.catalogue, err = s.catalogue.With(b.Translations); err != nil {
			return nil, fmt.Errorf("pages: Brand.Translations: %w", err)
		}
	}
	s.languages = choiceOf(s.catalogue)
	return s, nil
}

// Catalogue returns the usual words with the brand's own in their place; nil where [Config]
// had none.
func (s *Site) Catalogue() *i18n.Catalogue { return s.catalogue }
