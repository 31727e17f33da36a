package look

import (
	"slices"
	"strings"
)

// A writing is what a script needs of the style: fonts that visitors have for it, and room
// between the lines. Fonts of the system's own choice come behind them, as that choice
// follows the language of the system, not of the page.
type writing struct {
	fonts          string // best first
	line, headline string // line-height; empty: as style.css has it
	rules          string // more of the style
}

const (
	arabicFonts = `"SF Arabic","Geeza Pro","Segoe UI","Noto Sans Arabic"`

	// spaced is the space between Latin words and those around them.
	spaced = "body{text-autospace:normal}"
)

var (
	arabic   = writing{fonts: arabicFonts, line: "1.8", headline: "1.4"}
	nastaliq = writing{fonts: `"Noto Nastaliq Urdu","Urdu Typesetting",` + arabicFonts, line: "2.6", headline: "1.9"}
	hebrew   = writing{fonts: `"SF Hebrew","Arial Hebrew","Segoe UI","Noto Sans Hebrew"`}
	hans     = writing{fonts: `"PingFang SC","Microsoft YaHei","Noto Sans CJK SC"`, rules: spaced}
	hant     = writing{fonts: `"PingFang TC","Microsoft JhengHei","Noto Sans CJK TC"`, rules: spaced}
	japanese = writing{fonts: `"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP"`,
		rules: spaced + "body{line-break:strict}h1,h2{word-break:auto-phrase}"}
	korean     = writing{fonts: `"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK KR"`, rules: "body{word-break:keep-all}"}
	devanagari = indic("Kohinoor Devanagari", "Devanagari")
	thai       = writing{fonts: `"Leelawadee UI",Thonburi,"Noto Sans Thai"`, line: "1.7", headline: "1.4"}
)

// indic is a script of India. Windows has one font for all of them.
func indic(apple, script string) writing {
	return writing{fonts: `"Nirmala UI","` + apple + `","Noto Sans ` + script + `"`, line: "1.7", headline: "1.4"}
}

// writings are by language, and by script where a language has several.
var writings = map[string]writing{
	"ar": arabic, "fa": arabic, "ur": nastaliq, "he": hebrew,
	"zh-Hans": hans, "zh-Hant": hant, "ja": japanese, "ko": korean,
	"hi": devanagari, "mr": devanagari, "bn": indic("Kohinoor Bangla", "Bengali"),
	"gu": indic("Kohinoor Gujarati", "Gujarati"), "kn": indic("Kannada Sangam MN", "Kannada"),
	"ml": indic("Malayalam Sangam MN", "Malayalam"), "ta": indic("Tamil Sangam MN", "Tamil"),
	"te": indic("Kohinoor Telugu", "Telugu"), "th": thai,
}

// WritingOf is the style block of a language: of its tag, else of the longest part of the tag
// that is known. It is empty for what every system's own font can write.
func WritingOf(tag string) string {
	for {
		if w, ok := writings[tag]; ok {
			return w.style()
		}
		end := strings.LastIndexByte(tag, '-')
		if end < 0 {
			return ""
		}
		tag = tag[:end]
	}
}

// style is the block for pages in that script. It stands before the others, and is in
// none of them, so that no page carries the fonts of other languages.
func (w writing) style() string {
	css := ":root{--script:" + w.fonts + ",system-ui}"
	if w.line != "" {
		css += ":root *{line-height:" + w.line + "}:root h1{line-height:" + w.headline + "}"
	}
	return css + w.rules
}

// Writings are the style blocks of all languages, each once.
func Writings() []string {
	var blocks []string
	for _, w := range writings {
		blocks = append(blocks, w.style())
	}
	slices.Sort(blocks)
	return slices.Compact(blocks)
}
