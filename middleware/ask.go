package middleware

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// An ask is what the visitor asked for, kept before anything inside changes the
// request. Successful exchanges never look at it, so it only holds references.
type ask struct {
	method, host, path               string
	accept, acceptLanguage, language string
	fetchDest, fetchMode             string
	contentType                      string
}

// languageParam on a site's address chooses the language: for links and tests.
const languageParam = "fiveohtwo-lang"

func askOf(r *http.Request) ask {
	h := r.Header
	a := ask{
		method: r.Method, host: r.Host, path: r.URL.Path,
		accept: h.Get("Accept"), acceptLanguage: h.Get("Accept-Language"),
		fetchDest: h.Get("Sec-Fetch-Dest"), fetchMode: h.Get("Sec-Fetch-Mode"),
		contentType: h.Get("Content-Type"),
	}
	if strings.Contains(r.URL.RawQuery, languageParam) {
		a.language = r.URL.Query().Get(languageParam)
	}
	return a
}

// languageOf returns the language to answer in: the one in the address, else the
// best of Accept-Language.
func (m *Middleware) languageOf(a ask) *i18n.Language {
	if a.language != "" {
		if l := m.catalogue.MatchTag(a.language); l != nil {
			return l
		}
	}
	return m.catalogue.Match(a.acceptLanguage)
}

// dropLanguageParam takes the parameter out again: it is not meant for the upstream.
func dropLanguageParam(r *http.Request) {
	if !strings.Contains(r.URL.RawQuery, languageParam) {
		return
	}
	var kept []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || plain != languageParam {
			kept = append(kept, pair)
		}
	}
	u := *r.URL // the original may be shared with outer handlers
	u.RawQuery = strings.Join(kept, "&")
	r.URL = &u
}
