package i18n

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// categories are the names of CLDR's plural categories.
var categories = [...]string{
	plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
}

// Plural returns the category of n things: zero, one, two, few, many or other (CLDR, UTS
// #35 part 3 §5). A negative n counts as its amount.
func (l *Language) Plural(n int) string {
	if n < 0 {
		n = -n
	}
	form := plural.Cardinal.MatchPlural(l.tag, n%10_000_000, 0, 0, 0, 0) // so far its tables go
	base, _ := l.tag.Base()
	if gone := changed[base]; gone != nil && gone(n, form) {
		form = plural.Other
	}
	return categories[form]
}

// changed says of languages whose rules have changed since CLDR 32, which golang.org/x/text
// holds, what has become "other". Browsers agree on it.
var changed = map[language.Base]func(n int, form plural.Form) bool{
	language.MustParseBase("he"): func(_ int, form plural.Form) bool { return form == plural.Many }, // 20, 30, …
	language.MustParseBase("mr"): func(n int, _ plural.Form) bool { return n == 0 },                 // was one
}
