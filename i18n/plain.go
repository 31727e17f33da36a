package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shaping are the format characters that languages need: joiners, places where a word may or
// may not be broken, marks that give the letters beside them a direction and end there.
var shaping = []rune{'\u200c', '\u200d', '\u200b', '\u00ad', '\u2060', '\u200e', '\u200f', '\u061c'}

// CheckText finds what no text of an operator may have, as it is shown in terminals, too:
// control characters, and formats that hide text or turn the text around them round (Unicode
// UAX #9 §2). Its error names the first one.
func CheckText(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("the text is not UTF-8")
	}
	at := strings.IndexFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && !slices.Contains(shaping, r)
	})
	if at < 0 {
		return nil
	}
	r, _ := utf8.DecodeRuneInString(text[at:])
	return fmt.Errorf("the character %U commands a terminal, hides text or turns it round", r)
}
