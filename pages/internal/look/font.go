package look

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// generic are the font families that every browser has. They end a stack, as nothing
// behind them is ever looked at.
var generic = []string{"serif", "sans-serif", "monospace", "system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace"}

const (
	maxFont     = 200 // bytes
	maxFamilies = 8
)

var errFont = errors.New(`want names of fonts that visitors have, such as Inter, "Segoe UI", sans-serif; a word such as serif only at the end`)

// parseFont reads a stack of families. It gives the named ones, behind which what fits the
// page's language can stand, and the generic one at the end.
func parseFont(text string) (font, end string, err error) {
	parts := strings.Split(text, ",")
	if len(text) > maxFont || len(parts) > maxFamilies {
		return "", "", errors.New("want at most 8 families in 200 bytes")
	}
	var names []string
	for i, part := range parts {
		name := strings.TrimSpace(part)
		if i == len(parts)-1 && slices.Contains(generic, name) {
			end = name
			break
		}
		quote := strings.IndexAny(name, `"'`) == 0
		if quote {
			if len(name) < 2 || name[len(name)-1] != name[0] {
				return "", "", errFont
			}
			name = name[1 : len(name)-1]
		}
		if !isFamily(name) || !quote && slices.Contains(generic, strings.ToLower(name)) {
			return "", "", errFont
		}
		names = append(names, `"`+name+`"`)
	}
	return strings.Join(names, ","), end, nil
}

// isFamily takes no character that could end a string, a declaration or the element.
func isFamily(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(" -_", r) || r == unicode.ReplacementChar
	})
}
