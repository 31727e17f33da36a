package pages

import (
	"fmt"
	"strings"
	"testing"
)

// maxWeight is the limit that ARCHITECTURE.md sets for a page compressed as a whole.
const maxWeight = 9.0 * 1024

func TestWeight(t *testing.T) {
	takesLong(t)
	for _, theme := range []Theme{ThemeLine, ThemeCard, ThemeBulletin} {
		t.Run(string(theme), func(t *testing.T) { weigh(t, theme) })
	}
}

func weigh(t *testing.T, theme Theme) {
	languages := catalogue().Languages()
	var table strings.Builder
	fmt.Fprintf(&table, "bytes, gzip -6 (limit %.0f)\n%-26s", maxWeight, "")
	for _, l := range languages {
		fmt.Fprintf(&table, "%6s", l.Tag)
	}
	heaviest, which := 0, ""
	for _, s := range samples() {
		s.brand.Theme = theme
		fmt.Fprintf(&table, "\n%-26s", s.name)
		for _, l := range languages {
			n := gzipped(t, html(t, s.brand, s.in(l)))
			fmt.Fprintf(&table, "%6d", n)
			if n > heaviest {
				heaviest, which = n, s.name+" in "+l.Tag
			}
			if n > maxWeight {
				t.Errorf("%s in %s: %d bytes, want at most %.0f", s.name, l.Tag, n, maxWeight)
			}
		}
	}
	t.Logf("%s\nheaviest: %s, %d", &table, which, heaviest)
}
