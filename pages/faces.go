package pages

import (
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// A face is what a script needs of the style: fonts that visitors have for it, and room
// between the lines. Fonts of the system's own choice come behind them, as that choice
// follows the language of the system, not of the page.
type face struct {
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
	arabic   = face{fonts: arabicFonts, line: "1.8", headline: "1.4"}
	nastaliq = face{fonts: `"Noto Nastaliq Urdu","Urdu Typesetting",` + arabicFonts, line: "2.2", headline: "1.8"}
	hebrew   = face{fonts: `"SF Hebrew","Arial Hebrew","Segoe UI","Noto Sans Hebrew"`}
	hans     = face{fonts: `"PingFang SC","Microsoft YaHei","Noto Sans CJK SC"`, rules: spaced}
	hant     = face{fonts: `"PingFang TC","Microsoft JhengHei","Noto Sans CJK TC"`, rules: spaced}
	japanese = face{fonts: `"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP"`,
		rules: spaced + "body{line-break:strict}h1,h2{word-break:auto-phrase}"}
	korean     = face{fonts: `"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK KR"`, rules: "body{word-break:keep-all}"}
	devanagari = indic("Kohinoor Devanagari", "Devanagari")
	thai       = face{fonts: `"Leelawadee UI",Thonburi,"Noto Sans Thai"`, line: "1.7", headline: "1.4"}
)

// indic is a script of India. Windows has one font for all of them.
func indic(apple, script string) face {
	return face{fonts: `"Nirmala UI","` + apple + `","Noto Sans ` + script + `"`, line: "1.7", headline: "1.4"}
}

// faces are by language, and by script where a language has several.
var faces = map[string]face{
	"ar": arabic, "fa": arabic, "ur": nastaliq, "he": hebrew,
	"zh-Hans": hans, "zh-Hant": hant, "ja": japanese, "ko": korean,
	"hi": devanagari, "mr": devanagari, "bn": indic("Kohinoor Bangla", "Bengali"),
	"gu": indic("Kohinoor Gujarati", "Gujarati"), "kn": indic("Kannada Sangam MN", "Kannada"),
	"ml": indic("Malayalam Sangam MN", "Malayalam"), "ta": indic("Tamil Sangam MN", "Tamil"),
	"te": indic("Kohinoor Telugu", "Telugu"), "th": thai,
}

// faceOf returns the face of a language: of its tag, else of the longest part of it that
// is known. There is none for what every system's own font can write.
func faceOf(l *i18n.Language) (face, bool) {
	for tag := l.Tag; ; {
		if f, ok := faces[tag]; ok {
			return f, true
		}
		end := strings.LastIndexByte(tag, '-')
		if end < 0 {
			return face{}, false
		}
		tag = tag[:end]
	}
}

// style is a block of its own, so that no page carries the fonts of other languages. It
// stands before the others. The fonts end with a comma, as the brand's do: between the two
// stands nothing, behind them what the theme has.
func (f face) style() string {
	css := ":root{--script:" + f.fonts + ",system-ui,}"
	if f.line != "" {
		css += ":root *{line-height:" + f.line + "}:root h1{line-height:" + f.headline + "}"
	}
	return css + f.rules
}

// faceStyles are the style blocks of all languages.
func faceStyles() []string {
	var blocks []string
	for _, f := range faces {
		blocks = append(blocks, f.style())
	}
	slices.Sort(blocks)
	return slices.Compact(blocks)
}

// faceStyle is the style block of a language; empty: it needs none.
func faceStyle(l *i18n.Language) string {
	if f, ok := faceOf(l); ok {
		return f.style()
	}
	return ""
}
