package pages

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// everySystem has fonts for these writings.
var everySystem = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic}

// TestEveryWritingHasFonts: pages in a language whose letters not every system's own font has
// name fonts for them, and other pages none.
func TestEveryWritingHasFonts(t *testing.T) {
	for _, l := range catalogue().Languages() {
		foreign := func(r rune) bool { return unicode.IsLetter(r) && !unicode.In(r, everySystem...) }
		needed := slices.ContainsFunc([]rune(l.Text("language.name")), foreign)
		v := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
		v.Language = l
		if has := strings.Contains(html(t, Brand{}, v), "--script:"); has != needed {
			t.Errorf("%s: the page names fonts for its writing: %v, want %v", l.Tag, has, needed)
		}
	}
}
