package middleware

import (
	"net/url"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

const (
	// maxSwitch is how many languages a page offers itself. All of them would weigh more
	// than the rest of it.
	maxSwitch = 6

	// maxSwitcherField is how long an Accept-Language field may be that is remembered.
	maxSwitcherField = 128
)

// A switcher is what the language switcher of a page depends on.
type switcher struct {
	words          *i18n.Catalogue
	language       *i18n.Language
	problem        string // the URL of the page that explains
	acceptLanguage string
	isExplanation  bool
}

// switcherLinks lead to a page that explains the failure, as they must not repeat the
// visitor's request.
type switcherLinks struct {
	links []pages.Link
	all   string // to the page with all languages
}

// putSwitcher puts the language switcher into a view. The links are remembered: there are
// few, and making one takes longer than a page.
func (m *Middleware) putSwitcher(v *pages.View, words *i18n.Catalogue, acceptLanguage string) {
	key := switcher{words: words, language: v.Language, problem: v.Type, acceptLanguage: acceptLanguage, isExplanation: v.Explained}
	l, ok := m.switchers.get(key)
	if !ok {
		l = key.links()
		if len(acceptLanguage) <= maxSwitcherField {
			key.acceptLanguage = strings.Clone(acceptLanguage) // or it would keep a large header alive
			m.switchers.put(key, l)
		}
	}
	v.Languages, v.AllLanguages = l.links, l.all
}

// links are those languages that the visitor most likely reads, and the way to all.
func (k switcher) links() (l switcherLinks) {
	languages := k.words.Languages()
	if !k.isExplanation && len(languages) > maxSwitch {
		l.all = k.link(k.language) + "#languages"
		likely := append(k.words.Wanted(k.acceptLanguage), languages[0], k.words.Lookup("en"))
		languages = nil
		for _, other := range likely {
			if other != nil && other != k.language && !slices.Contains(languages, other) && len(languages) < maxSwitch {
				languages = append(languages, other)
			}
		}
	}
	for _, other := range languages {
		l.links = append(l.links, pages.Link{Language: other, URL: k.link(other)})
	}
	return l
}

func (k switcher) link(l *i18n.Language) string {
	return k.problem + "?lang=" + url.QueryEscape(l.Tag)
}
