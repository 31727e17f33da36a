package i18n

import (
	"strconv"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// categories are the plural categories of CLDR, as go-i18n's files name them.
var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
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

// Count returns the message with that id for n things, which it holds as {{.Count}}.
func (l *Language) Count(id string, n int, values ...string) string {
	values = append(values, "Count", strconv.Itoa(n))
	return fill(l.texts.get(formID(id, l.Plural(n)), id), values)
}

// formMark parts the id of a message from one of its plural forms, where they are kept.
const formMark = "#"

// formID is where the form of a message for a plural category is kept; "other" is the
// message itself.
func formID(id, category string) string {
	if category == "other" {
		return id
	}
	return id + formMark + category
}
