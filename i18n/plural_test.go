package i18n_test

import (
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

func TestPlural(t *testing.T) {
	c := must(t, i18n.Config{})
	for _, tt := range []struct {
		name, tag string
		n         int
		want      string
	}{
		{"English has one for a single thing", "en", 1, "one"},
		{"and another form for none", "en", 0, "other"},
		{"fewer than none count as their amount", "en", -1, "one"},
		{"Arabic has a form for none", "ar", 0, "zero"},
		{"for pairs", "ar", 2, "two"},
		{"for three to ten", "ar", 3, "few"},
		{"also behind hundreds", "ar", 103, "few"},
		{"for eleven to ninety-nine", "ar", 11, "many"},
		{"for full hundreds", "ar", 100, "other"},
		{"Czech has one for two to four", "cs", 2, "few"},
		{"and for five", "cs", 5, "other"},
		{"Portuguese of Brazil counts none as one", "pt-BR", 0, "one"},
		{"of Portugal does not", "pt-PT", 0, "other"},
		{"Japanese has one form", "ja", 1, "other"},
		{"Hebrew has no form for tens any more", "he", 20, "other"},
		{"Hebrew keeps one for pairs", "he", 2, "two"},
		{"none is no single thing in Marathi", "mr", 0, "other"},
		{"one is, in Marathi", "mr", 1, "one"},
		{"none is like one in Hindi", "hi", 0, "one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Lookup(tt.tag).Plural(tt.n); got != tt.want {
				t.Errorf("%s, %d: %q, want %q", tt.tag, tt.n, got, tt.want)
			}
		})
	}
}
