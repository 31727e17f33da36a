package i18n

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Bounds on what is read of an Accept-Language field: headers are hostile.
const (
	maxHeaderBytes = 256
	maxHeaderItems = 8
)

// related lists, by base language, the other base languages whose readers are known to
// be at home in it. Everything else that golang.org/x/text/language would match across
// languages (Kazakh to Russian, Catalan to Spanish) is refused.
var related = map[string][]string{
	"nb": {"no", "nn"}, "no": {"nb", "nn"},
	"hr": {"bs", "sh"}, "sr": {"sh"},
	"de": {"gsw", "lb"}, "fa": {"prs"}, "fil": {"tl"},
	"ar": {"arz", "apc", "ary"}, "zh": {"yue", "wuu", "cmn"},
}

// aliases are spoken languages that x/text matches badly or not at all.
var aliases = map[string]string{
	"yue": "zh-Hant", "wuu": "zh-Hans", "arz": "ar", "apc": "ar", "ary": "ar", "prs": "fa",
}

// Match returns the language for an Accept-Language field (RFC 9110 §12.5.4). Items are
// tried one by one in the order of their weight, so a language further down the list
// never beats a close relative of the first; an item that is malformed, refused (q=0)
// or not offered is passed over. Only the first 256 bytes and 8 items are read. When
// nothing fits it returns the fallback.
func (c *Catalogue) Match(acceptLanguage string) *Language {
	for _, tag := range parseAcceptLanguage(acceptLanguage) {
		if l := c.match(tag); l != nil {
			return l
		}
	}
	return c.languages[0]
}

// MatchTag returns the language for one tag, such as "pt-AO", or nil when none fits.
func (c *Catalogue) MatchTag(tag string) *Language {
	if len(tag) > maxHeaderBytes {
		return nil
	}
	return c.match(tag)
}

func (c *Catalogue) match(text string) *Language {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(text, "_", "-")), "-")
	if alias, ok := aliases[base]; ok {
		text = alias
	}
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und {
		return nil
	}
	_, index, confidence := c.matcher.Match(tag)
	if confidence == language.No {
		return nil
	}
	found := c.languages[index]
	wanted, _ := tag.Base()
	got, _ := found.tag.Base()
	if wanted == got || slices.Contains(related[got.String()], wanted.String()) {
		return found
	}
	return nil
}

// parseAcceptLanguage returns the tags in the order of their weight.
func parseAcceptLanguage(field string) []string {
	if len(field) > maxHeaderBytes {
		field = field[:maxHeaderBytes]
		field = field[:max(strings.LastIndexByte(field, ','), 0)]
	}
	type item struct {
		tag    string
		weight float64
	}
	var items []item
	for part := range strings.SplitSeq(field, ",") {
		if len(items) == maxHeaderItems {
			break
		}
		tag, params, _ := strings.Cut(part, ";")
		tag = strings.TrimSpace(tag)
		weight, ok := parseWeight(params)
		if tag == "" || tag == "*" || !ok || weight == 0 {
			continue
		}
		items = append(items, item{tag, weight})
	}
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(b.weight, a.weight) })
	tags := make([]string, len(items))
	for i, it := range items {
		tags[i] = it.tag
	}
	return tags
}

// parseWeight reads "q=0.8" (RFC 9110 §12.4.2); no parameter is 1.
func parseWeight(params string) (float64, bool) {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1, true
	}
	name, value, _ := strings.Cut(params, "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 0, false
	}
	w, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return w, err == nil && w >= 0 && w <= 1
}
