package pages

import (
	"strings"
	"unicode"
)

// clean prepares a value from outside for being shown: without what hides text, turns it
// around or commands a terminal, and cut to a length in bytes. Markup is templ's matter.
func clean(value string, limit int) string {
	if len(value) <= limit && isVisibleASCII(value) {
		return value // as almost all are
	}
	cut := len(value) > limit
	if cut {
		value = value[:limit]
	}
	value = strings.Map(func(r rune) rune {
		if hides(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, ""))
	if cut {
		value += "…"
	}
	return value
}

// hides reports characters that are not seen themselves: controls, formats such as the
// direction overrides, line and paragraph separators. What an operator writes may have some
// of them, see [i18n.CheckText].
func hides(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

func isVisibleASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
