package pages

import (
	"net/http"
	"strings"
)

// A browser is what the page's help on saved copies depends on. The zero value is one
// that is not known.
type browser struct {
	maker *maker
	mac   bool // its keys are those of a Mac
	phone bool // it has no keys
	ios   bool
}

// A maker is a browser by name, with the maker's own page on how to delete saved copies,
// which is in the visitor's language and kept up to date. Checked on 2026-11-25.
type maker struct {
	name, help string

	brand  string   // in Sec-CH-UA, with its quotes; empty: it does not send that field
	tokens []string // in User-Agent, of which one suffices

	macReload, macDelete string // keys on a Mac; empty: there are none
}

const (
	macReload = "⌘ + ⇧ + R"
	macDelete = "⌘ + ⇧ + ⌫"
)

// makers in the order in which they are looked for: most name themselves and Chrome, and
// Chrome names Safari.
var makers = []maker{
	{"Edge", "https://support.microsoft.com/microsoft-edge", `"Microsoft Edge"`, []string{"Edg/", "EdgA/", "EdgiOS/"}, macReload, macDelete},
	{"Opera", "https://help.opera.com/latest/security-and-privacy/", `"Opera"`, []string{"OPR/", "OPT/"}, macReload, macDelete},
	{"Samsung Internet", "https://www.samsung.com/support/", `"Samsung Internet"`, []string{"SamsungBrowser/"}, "", ""},
	{"Firefox", "https://support.mozilla.org/kb/how-clear-firefox-cache", "", []string{"Firefox/", "FxiOS/"}, macReload, macDelete},
	{"Chrome", "https://support.google.com/chrome/answer/2392709", `"Google Chrome"`, []string{"Chrome/", "CriOS/", "Chromium/"}, macReload, macDelete},
	{"Safari", "https://support.apple.com/105082", "", []string{"Safari/"}, "⌥ + ⌘ + R", ""},
}

// maxUserAgent is how many bytes of User-Agent and of Sec-CH-UA are looked at.
const maxUserAgent = 512

// browserOf reads the fields in which a browser names itself: Sec-CH-UA and
// Sec-CH-UA-Platform (User-Agent Client Hints), where they say nothing User-Agent. It is
// called for each page, and allocates nothing.
func browserOf(h http.Header) browser {
	agent, brands := cut(h.Get("User-Agent")), cut(h.Get("Sec-Ch-Ua"))
	var b browser
	for i := range makers {
		if m := &makers[i]; m.brand != "" && hasBrand(brands, m.brand) {
			b.maker = m
			break
		}
	}
	for i := range makers {
		if m := &makers[i]; b.maker == nil && containsAny(agent, m.tokens...) {
			b.maker = m
		}
	}
	if b.maker == nil {
		return b
	}
	platform := strings.Trim(cut(h.Get("Sec-Ch-Ua-Platform")), `"`)
	b.ios = containsAny(agent, "iPhone", "iPad", "iPod", "iOS/")
	b.phone = b.ios || platform == "Android" || containsAny(agent, "Android", "Mobile")
	b.mac = !b.phone && (platform == "macOS" || strings.Contains(agent, "Macintosh"))
	return b
}

func cut(field string) string { return field[:min(len(field), maxUserAgent)] }

func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// hasBrand reports a member of the list Sec-CH-UA: strings with parameters, such as
// "Google Chrome";v="153", "Not?A_Brand";v="24" (RFC 8941 §3.1). A parameter is no member.
func hasBrand(list, quoted string) bool {
	before, _, found := strings.Cut(list, quoted)
	before = strings.TrimRight(before, " \t")
	return found && (before == "" || strings.HasSuffix(before, ","))
}
