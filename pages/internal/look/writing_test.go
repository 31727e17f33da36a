package look

import (
	"regexp"
	"strings"
	"testing"
)

func TestWritings(t *testing.T) {
	for _, tt := range []struct{ name, tag, has string }{
		{"Arabic has room between the lines", "ar", "line-height:1.8"},
		{"Persian is written as Arabic is", "fa", `"SF Arabic"`},
		{"Urdu hangs from a slope", "ur", `"Noto Nastaliq Urdu"`},
		{"Hebrew", "he", `"Arial Hebrew"`},
		{"simplified Chinese", "zh-Hans", `"PingFang SC"`},
		{"traditional Chinese shares no font with it", "zh-Hant", `"PingFang TC"`},
		{"a region of a script", "zh-Hant-HK", `"PingFang TC"`},
		{"Japanese headings break between phrases", "ja", "h1,h2{word-break:auto-phrase}"},
		{"Korean words are kept whole", "ko", "word-break:keep-all"},
		{"Hindi and Marathi", "mr", `"Noto Sans Devanagari"`},
		{"Malayalam", "ml", `"Noto Sans Malayalam"`},
		{"Thai", "th", "Thonburi"},
		{"English needs none", "en", ""},
		{"Serbian, in Cyrillic, needs none", "sr", ""},
		{"a language that begins like another one", "arn", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			style := WritingOf(tt.tag)
			if (style == "") != (tt.has == "") || !strings.Contains(style, tt.has) {
				t.Errorf("%s: %q, want %q", tt.tag, style, tt.has)
			}
		})
	}
}

// TestWritingsAreWellFormed: a block closes what it opens, and stays within its element.
func TestWritingsAreWellFormed(t *testing.T) {
	rules := regexp.MustCompile(`^(:?[a-z][a-z0-9, *:]*\{[a-z-]+:[^{}<>]+\})+$`)
	for tag, f := range writings {
		style := f.style()
		if !rules.MatchString(style) || strings.Count(style, `"`)%2 != 0 || f.fonts == "" || (f.line == "") != (f.headline == "") {
			t.Errorf("%s: %s", tag, style)
		}
		if len(style) > 250 {
			t.Errorf("%s: %d bytes", tag, len(style))
		}
	}
}
