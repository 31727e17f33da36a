package headers

import (
	"slices"
	"strings"
)

// Forwarded reads a Forwarded field (RFC 7239 §4): who asked each of the proxies, as a
// list, and the scheme that the last one was asked by. It reads from our side, as what
// is further away may be broken on purpose.
func Forwarded(field string) (fors, proto string) {
	var askers []string
	for field != "" {
		var element string
		field, element = cutLast(field, ',')
		asker, scheme := hop(element)
		if len(askers) == 0 {
			proto = scheme
		}
		askers = append(askers, asker)
	}
	slices.Reverse(askers)
	return strings.Join(askers, ","), proto
}

// hop reads an element: what one proxy tells.
func hop(element string) (asker, proto string) {
	asker = "unknown"
	for element != "" {
		var pair string
		element, pair = cutLast(element, ';')
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		value = strings.Trim(value, `"`)
		switch {
		case strings.EqualFold(name, "for") && !strings.Contains(value, ","):
			asker = value
		case strings.EqualFold(name, "proto") && (strings.EqualFold(value, "http") || strings.EqualFold(value, "https")):
			proto = value
		}
	}
	return asker, proto
}

// cutLast cuts at the last separator that is not within a quoted string: a proxy may
// quote what a visitor chose, such as a host with commas in it.
func cutLast(text string, separator byte) (before, last string) {
	quoted := false
	for i := len(text) - 1; i >= 0; i-- {
		switch c := text[i]; {
		case c == '"':
			escapes := len(text[:i]) - len(strings.TrimRight(text[:i], `\`))
			if escapes%2 == 0 {
				quoted = !quoted
			}
		case c == separator && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return "", text
}
