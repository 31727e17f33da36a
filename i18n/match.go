package i18n

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Bounds on what is read of an Accept-Language field, and on how many fields are
// remembered: headers are hostile.
const (
	maxHeaderBytes = 256
	maxHeaderItems = 8
	maxRemembered  = 256
)

// related lists, by base language, the other base languages whose readers are known to
// be at home in it. Everything else that golang.org/x/text/language would match across
// languages (Kazakh to Russian, Catalan to Spanish) is refused.
var related = map[string][]string{
	"nb": {"no", "nn"}, "no": {"nb", "nn"}, "nn": {"nb", "no"},
	"hr": {"bs"}, "de": {"gsw", "lb"}, "zh": {"cmn"},
}

// aliases are languages that x/text matches badly or not at all, with the one that their
// readers write. A script or region in the tag is kept: yue-Hans is zh-Hans.
var aliases = map[string]string{
	"yue": "zh-Hant", "nan": "zh-Hant", "hak": "zh-Hant", "wuu": "zh-Hans",
	"arb": "ar", "arz": "ar", "apc": "ar", "ary": "ar", "aeb": "ar", "acm": "ar", "prs": "fa",
}

// Match returns the language for an Accept-Language field (RFC 9110 §12.5.4). Items are
// tried one by one in the order of their weight, so a language further down the list
// never beats a close relative of the first; an item that is malformed, refused (q=0)
// or not offered is passed over. Only the first 256 bytes and 8 items are read. When
// nothing fits it returns the fallback. Up to 256 fields are remembered (80 KB), as a
// site meets few: then it costs some ten nanoseconds and no allocation.
func (c *Catalogue) Match(acceptLanguage string) *Language {
	if wanted := c.wanted(acceptLanguage); len(wanted) > 0 {
		return wanted[0]
	}
	return c.languages[0]
}

// Wanted returns all languages that fit an Accept-Language field, the one that Match
// returns first. It is empty when nothing fits.
func (c *Catalogue) Wanted(acceptLanguage string) []*Language {
	return slices.Clone(c.wanted(acceptLanguage))
}

func (c *Catalogue) wanted(acceptLanguage string) []*Language {
	field := cutField(acceptLanguage)
	c.mu.RLock()
	wanted, ok := c.matched[field]
	c.mu.RUnlock()
	if ok {
		return wanted
	}
	wanted = c.find(field)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.matched) >= maxRemembered {
		clear(c.matched)
	}
	c.matched[strings.Clone(field)] = wanted // a clone, or it would keep a large header alive
	return wanted
}

// cutField returns the whole items within the first maxHeaderBytes.
func cutField(field string) string {
	if len(field) <= maxHeaderBytes {
		return field
	}
	return field[:max(strings.LastIndexByte(field[:maxHeaderBytes+1], ','), 0)]
}

func (c *Catalogue) find(field string) (fitting []*Language) {
	for _, tag := range parseAcceptLanguage(field) {
		if l := c.match(tag); l != nil && !slices.Contains(fitting, l) {
			fitting = append(fitting, l)
		}
	}
	return fitting
}

// MatchTag returns the language for one tag, such as "pt-AO", or nil when none fits.
func (c *Catalogue) MatchTag(tag string) *Language {
	if len(tag) > maxHeaderBytes {
		return nil
	}
	return c.match(tag)
}

func (c *Catalogue) match(text string) *Language {
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und {
		return nil
	}
	base, script, region := tag.Raw()
	if alias, ok := aliases[base.String()]; ok {
		tag = language.Make(alias)
		if script != (language.Script{}) || region != (language.Region{}) {
			written, _ := tag.Base()
			tag, _ = language.Compose(written, script, region)
		}
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
	type item struct {
		tag    string
		weight float64
	}
	items := make([]item, 0, maxHeaderItems)
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
