package main

import (
	"slices"
	"strings"
)

// A wish is the beginning of a language in Accept-Language, with the language that who has
// it gets. Other servers know no more than beginnings.
type wish struct{ Wish, Tag string }

// manyWishes are those of languages that are asked for by other words than their primary
// subtag.
var manyWishes = map[string][]string{
	"zh-Hans": {"zh"}, "zh-Hant": {"zh-Hant", "zh-TW", "zh-HK", "zh-MO"},
	"pt-BR": {"pt"}, "pt-PT": {"pt-PT", "pt-AO", "pt-MZ"},
	"nb": {"nb", "no", "nn"}, "he": {"he", "iw"}, "id": {"id", "in"}, "fil": {"fil", "tl"},
}

// wishes are those of all languages, longer ones before their beginnings.
func (e exporter) wishes() []wish {
	var wishes []wish
	for _, l := range e.languages {
		primary, _, _ := strings.Cut(l.Tag, "-")
		begins := manyWishes[l.Tag]
		if begins == nil {
			begins = []string{primary}
		}
		for _, begin := range begins {
			wishes = append(wishes, wish{begin, l.Tag})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return len(b.Wish) - len(a.Wish) })
	return wishes
}

// acceptPattern matches the first language of an Accept-Language field that there is and
// that is not refused (q=0). Its group is a wish. Weights are not compared: browsers write
// their list in order.
func (e exporter) acceptPattern(group string) string {
	if group != "" {
		group = "?<" + group + ">"
	}
	var all []string
	for _, w := range e.wishes() {
		all = append(all, w.Wish)
	}
	return `(?:^|,)\s*(` + group + strings.Join(all, "|") + `)(?:-[^,;\s]*)?\s*(?:,|$|;\s*q=(?:1|0\.\d*[1-9]))`
}
