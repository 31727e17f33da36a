package pages

import (
	"fmt"
	"strings"
	"testing"
)

// The limits that ARCHITECTURE.md sets for a page as it is sent: a server sends ten segments
// before it hears from the visitor (RFC 6928), the fields of the answer included.
const (
	maxJoined  = 12 * 1024
	maxEnglish = 9.5 * 1024
)

// TestPreparedWeight: parts compressed apart weigh more than a page compressed as a whole.
func TestPreparedWeight(t *testing.T) {
	takesLong(t)
	st := newStore(maxVariants, maxPrepared)
	tags := []string{"en", "ar", "el", "ta"}
	var table strings.Builder
	fmt.Fprintf(&table, "bytes of a joined page, and of gzip -6 (limit %d)\n%-26s", maxJoined, "")
	for _, tag := range tags {
		fmt.Fprintf(&table, "%14s", tag)
	}
	for _, theme := range []Theme{ThemeLine, ThemeCard, ThemeBulletin} {
		fmt.Fprintf(&table, "\n%s", theme)
		for _, s := range samples() {
			if s.view.StatusOnly {
				continue
			}
			s.brand.Theme = theme
			site := storing(t, s.brand, st)
			fmt.Fprintf(&table, "\n  %-24s", s.name)
			for _, tag := range tags {
				v := referring(s.in(lang(t, tag)))
				page, _, ok := appendPrepared(site, nil, &v, true)
				if !ok {
					t.Fatalf("%s in %s is not prepared", s.name, tag)
				}
				fmt.Fprintf(&table, "%7d %6d", len(page), gzipped(t, string(unpacked(t, page))))
				if len(page) > maxJoined || tag == "en" && len(page) > maxEnglish {
					t.Errorf("%s in %s: %d bytes, want at most %d, in English %.0f", s.name, tag, len(page), maxJoined, maxEnglish)
				}
			}
		}
	}
	t.Log(table.String())
}
