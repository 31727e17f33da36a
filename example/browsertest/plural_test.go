package browsertest

import (
	"strings"
	"testing"
)

// TestPlural wants the plural forms that browsers use. Theirs come from newer data than
// ours.
func TestPlural(t *testing.T) {
	const upTo = 1000
	all := allLanguages(t)
	inEach(t, func(v *visitor) {
		for _, l := range all {
			v.sub(l.Tag, func(v *visitor) {
				got := measure[struct {
					Locale string
					Forms  []string
				}](v, `(tag, upTo) => {
					const rules = new Intl.PluralRules(tag);
					return {
						locale: rules.resolvedOptions().locale,
						forms: Array.from({ length: upTo + 1 }, (_, n) => rules.select(n)),
					};
				}`, l.Tag, upTo)
				if base, _, _ := strings.Cut(l.Tag, "-"); got.Locale != base && !strings.HasPrefix(got.Locale, base+"-") {
					v.Fatalf("the browser takes the rules of %s", got.Locale)
				}
				for n, want := range got.Forms {
					if form := l.Plural(n); form != want {
						v.Errorf("%d is %q, to the browser %q", n, form, want)
					}
				}
			})
		}
	})
}
