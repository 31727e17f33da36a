package middleware

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxShown is how many bytes of a text that somebody else chose get into a log: of each
// field of a record, and of each of a line of the access log once escaped there.
const maxShown = 1024

// field is an attribute of a record. All texts of records come by here.
func field(name, text string) slog.Attr { return slog.String(name, printable(text, maxShown)) }

// printable returns what of a text can be shown anywhere, in at most limit bytes, and "…"
// where there was more. What a terminal would obey or not show is named, as <U+001B>, or
// <FF> for a byte that is no UTF-8: that needs no escapes, which the handler of a log would
// escape again.
func printable(text string, limit int) string {
	if len(text) <= limit && isPlain(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		piece := text[:size]
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf("<%02X>", text[0])
		case !strconv.IsPrint(r):
			piece = fmt.Sprintf("<%U>", r)
		}
		if b.Len()+len(piece) > limit {
			return b.String() + "…"
		}
		b.WriteString(piece)
		text = text[size:]
	}
	return b.String()
}

// isPlain reports a text of ASCII that prints.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
