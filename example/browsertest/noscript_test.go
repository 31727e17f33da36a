package browsertest

import (
	"strings"
	"testing"
)

// TestWithoutScript wants nothing to be missing, or elsewhere, where scripts do not run.
func TestWithoutScript(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.forEntries(func(v *visitor, e entry) {
			shown := func(noScript bool) []string {
				v.look(view{Width: 1280, Height: 800, NoScript: noScript})
				v.open(e.path())
				return measure[[]string](v, script(v, "snapshot"))
			}
			with, without := shown(false), shown(true)
			if len(with) < 20 {
				v.Errorf("too little can be seen: %q", with)
			}
			if a, b := strings.Join(with, "\n"), strings.Join(without, "\n"); a != b {
				v.Errorf("with script:\n%s\nwithout:\n%s", a, b)
			}
		})
	})
}
