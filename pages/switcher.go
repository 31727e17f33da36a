package pages

import (
	"net/url"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// maxSwitch is how many languages a page offers itself. All of them would weigh more than the
// rest of it.
const maxSwitch = 6

// A switcher is the other languages that a page offers. Its links lead to a page that explains
// the failure, as they must not repeat the visitor's request. The zero value offers none.
type switcher struct {
	likely [maxSwitch]*i18n.Language // the first so many; nil: no more
	every  *i18n.Catalogue           // offers all of its languages instead
	more   bool                      // a link to the page with all languages
}

// A languageChoice is what the switchers of a site choose from.
type languageChoice struct {
	catalogue         *i18n.Catalogue
	few               bool           // they all fit
	fallback, english *i18n.Language // nil: there is no English
}

func choiceOf(c *i18n.Catalogue) languageChoice {
	if c == nil {
		return languageChoice{}
	}
	all := c.Languages()
	return languageChoice{catalogue: c, few: len(all) <= maxSwitch, fallback: all[0], english: c.Lookup("en")}
}

// switcher offers those languages that the visitor most likely reads, and the way to all; a
// page that explains has room for all.
func (c *languageChoice) switcher(own *i18n.Language, acceptLanguage string, explained bool) (s switcher) {
	if explained || c.few {
		s.every = c.catalogue
		return s
	}
	s.more = true
	n := 0
	add := func(l *i18n.Language) {
		if l != nil && l != own && n < len(s.likely) && !slices.Contains(s.likely[:n], l) {
			s.likely[n] = l
			n++
		}
	}
	for _, l := range c.catalogue.Wanted(acceptLanguage) {
		add(l)
	}
	add(c.fallback)
	add(c.english)
	return s
}

// offers reports a page that leads to one in another language.
func (s switcher) offers() bool { return s != switcher{} }

// otherLanguages are those that the page links to, in their order.
func (p page) otherLanguages() []*i18n.Language {
	if p.switcher.every != nil {
		return p.switcher.every.Languages()
	}
	likely := p.switcher.likely[:]
	if end := slices.Index(likely, nil); end >= 0 {
		likely = likely[:end]
	}
	return likely
}

// in is the URL of the page that explains, in a language.
func (p page) in(l *i18n.Language) string { return p.Type + "?lang=" + url.QueryEscape(l.Tag) }

// hasSwitcher reports a page with more than its own language to choose.
func (p page) hasSwitcher() bool { return p.switcher.more || len(p.otherLanguages()) > 1 }

// listsLanguages reports a page with more languages than a switcher can hold.
func (p page) listsLanguages() bool { return p.Explained && len(p.otherLanguages()) > 2*maxSwitch }
