package i18n_test

import (
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// browserLocales are languages that browsers are set to, with the one that their users get
// of all that the library brings.
var browserLocales = []struct{ locale, want string }{
	{"en-US", "en"}, {"en-GB", "en"}, {"en-IN", "en"}, {"en-ZA", "en"},
	{"zh-CN", "zh-Hans"}, {"zh-SG", "zh-Hans"}, {"zh-TW", "zh-Hant"}, {"zh-HK", "zh-Hant"}, {"zh-MO", "zh-Hant"},
	{"es-ES", "es"}, {"es-419", "es"}, {"es-MX", "es"}, {"es-AR", "es"}, {"es-US", "es"},
	{"ar-EG", "ar"}, {"ar-SA", "ar"}, {"ar-MA", "ar"}, {"ar-AE", "ar"},
	{"pt-BR", "pt-BR"}, {"pt-PT", "pt-PT"}, {"pt-AO", "pt-PT"}, {"pt-MZ", "pt-PT"},
	{"fr-FR", "fr"}, {"fr-CA", "fr"}, {"fr-CH", "fr"}, {"fr-SN", "fr"},
	{"ja-JP", "ja"}, {"ko-KR", "ko"}, {"ru-RU", "ru"}, {"ru-KZ", "ru"},
	{"de-DE", "de"}, {"de-AT", "de"}, {"de-CH", "de"},
	{"id-ID", "id"}, {"in-ID", "id"}, {"hi-IN", "hi"}, {"bn-BD", "bn"}, {"bn-IN", "bn"},
	{"ur-PK", "ur"}, {"ur-IN", "ur"}, {"tr-TR", "tr"}, {"vi-VN", "vi"}, {"it-IT", "it"}, {"it-CH", "it"},
	{"pl-PL", "pl"}, {"th-TH", "th"}, {"fa-IR", "fa"}, {"fa-AF", "fa"}, {"nl-NL", "nl"}, {"nl-BE", "nl"},
	{"uk-UA", "uk"}, {"ro-RO", "ro"}, {"ro-MD", "ro"}, {"el-GR", "el"}, {"el-CY", "el"}, {"cs-CZ", "cs"},
	{"hu-HU", "hu"}, {"sv-SE", "sv"}, {"sv-FI", "sv"}, {"he-IL", "he"}, {"iw-IL", "he"},
	{"ms-MY", "ms"}, {"fil-PH", "fil"}, {"tl-PH", "fil"}, {"ta-IN", "ta"}, {"ta-LK", "ta"}, {"te-IN", "te"},
	{"mr-IN", "mr"}, {"gu-IN", "gu"}, {"kn-IN", "kn"}, {"ml-IN", "ml"}, {"sw-KE", "sw"}, {"sw-TZ", "sw"},
	{"da-DK", "da"}, {"fi-FI", "fi"}, {"nb-NO", "nb"}, {"no-NO", "nb"}, {"nn-NO", "nb"},
	{"sk-SK", "sk"}, {"bg-BG", "bg"}, {"hr-HR", "hr"}, {"sr-RS", "sr"}, {"sr-Latn-RS", "sr"}, {"ca-ES", "ca"},
	// Languages that we do not have: never that of a neighbour.
	{"az-AZ", "en"}, {"kk-KZ", "en"}, {"be-BY", "en"}, {"ckb-IQ", "en"}, {"ka-GE", "en"}, {"hy-AM", "en"}, {"mk-MK", "en"},
	{"uz-UZ", "en"}, {"ky-KG", "en"}, {"mn-MN", "en"}, {"eu-ES", "en"}, {"gl-ES", "en"}, {"cy-GB", "en"}, {"ga-IE", "en"},
	{"lt-LT", "en"}, {"lv-LV", "en"}, {"et-EE", "en"}, {"sl-SI", "en"}, {"is-IS", "en"}, {"sq-AL", "en"}, {"am-ET", "en"},
	{"si-LK", "en"}, {"ne-NP", "en"}, {"pa-IN", "en"}, {"my-MM", "en"}, {"km-KH", "en"}, {"lo-LA", "en"}, {"ps-AF", "en"}, {"ku-TR", "en"}, {"ug-CN", "en"},
}

// browserHeaders are what browsers make of their locale.
var browserHeaders = map[string]func(locale, base string) string{
	"Chrome":  func(locale, base string) string { return locale + "," + base + ";q=0.9,en-US;q=0.8,en;q=0.7" },
	"Firefox": func(locale, base string) string { return locale + "," + base + ";q=0.8,en-US;q=0.5,en;q=0.3" },
	"Safari":  func(locale, _ string) string { return locale },
}

// TestBrowserLocales holds what browsers send against all languages of the library.
func TestBrowserLocales(t *testing.T) {
	c := must(t, i18n.Config{})
	n := 0
	for _, b := range browserLocales {
		base, _, _ := strings.Cut(b.locale, "-")
		for name, header := range browserHeaders {
			n++
			if got := c.Match(header(b.locale, base)).Tag; got != b.want {
				t.Errorf("%s in %s, %q: %s, want %s", name, b.locale, header(b.locale, base), got, b.want)
			}
		}
	}
	for _, tt := range []struct{ name, header, want string }{
		{"the second language where the first is not there", "az-AZ,az;q=0.9,tr;q=0.8", "tr"},
		{"its own order, not ours", "kk,uk;q=0.9,ru;q=0.8", "uk"},
		{"weights out of order", "de;q=0.1,fr;q=0.9", "fr"},
		{"a refused language", "de;q=0,fr", "fr"},
		{"anything", "*", "en"},
		{"nothing", "", "en"},
		{"garbage", ";;,,=q=q=,%%%", "en"},
		{"a weight that is none", "de;q=abc,fr;q=0.5", "fr"},
		{"script without region", "zh-Hant", "zh-Hant"},
		{"script against region", "zh-Hans-TW", "zh-Hans"},
		{"a megabyte", strings.Repeat("xx-YY,", 170_000) + "de", "en"},
		{"a megabyte in one tag", strings.Repeat("a", 1<<20), "en"},
		{"a megabyte after a language", "de," + strings.Repeat("x,", 1<<19), "de"},
	} {
		n++
		if got := c.Match(tt.header).Tag; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	t.Logf("%d values", n)
}
