package drillthrough

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// How many bytes of a text that somebody else chose are kept.
const (
	shortText = 100 // a name
	longText  = 300 // a sentence
)

// printable escapes what a terminal would obey or not show, in at most about limit bytes.
func printable(text string, limit int) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		var piece string
		switch {
		case r == utf8.RuneError && size == 1:
			piece = `\x` + strconv.FormatUint(uint64(text[0])|0x100, 16)[1:]
		case strconv.IsPrint(r):
			piece = text[:size]
		default:
			quoted := strconv.QuoteRune(r)
			piece = quoted[1 : len(quoted)-1]
		}
		if b.Len()+len(piece) > limit {
			return b.String() + "…"
		}
		b.WriteString(piece)
		text = text[size:]
	}
	return b.String()
}
