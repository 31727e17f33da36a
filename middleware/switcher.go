package middleware

import (
	"net/url"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// maxSwitch is how many languages a page offers itself. All of them would weigh more than
// the rest of it.
const maxSwitch = 6

// switcher puts the links of the language switcher into a view: those languages that the
// visitor most likely reads, and the way to all. They lead to a page that explains the
// failure, as they must not repeat the visitor's request.
func (t tenant) switcher(v *pages.View, acceptLanguage string) {
	languages := t.words.Languages()
	if !v.Explained && len(languages) > maxSwitch {
		v.AllLanguages = languageLink(*v, v.Language) + "#languages"
		likely := append(t.words.Wanted(acceptLanguage), languages[0], t.words.Lookup("en"))
		languages = nil
		for _, l := range likely {
			if l != nil && l != v.Language && !slices.Contains(languages, l) && len(languages) < maxSwitch {
				languages = append(languages, l)
			}
		}
	}
	for _, l := range languages {
		v.Languages = append(v.Languages, pages.Link{Language: l, URL: languageLink(*v, l)})
	}
}

func languageLink(v pages.View, l *i18n.Language) string {
	query := url.Values{"lang": {l.Tag}}
	if v.Diagnosis.Outcome != "" {
		query.Set("outcome", string(v.Diagnosis.Outcome))
	}
	if unsafeMethod.MatchString(v.Method) {
		query.Set("method", v.Method)
	}
	if v.Reference != "" {
		query.Set("reference", v.Reference)
	}
	return v.Type + "?" + query.Encode()
}
