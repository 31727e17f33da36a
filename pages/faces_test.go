package pages

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func TestFaces(t *testing.T) {
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
			style := faceStyle(&i18n.Language{Tag: tt.tag})
			if (style == "") != (tt.has == "") || !strings.Contains(style, tt.has) {
				t.Errorf("%s: %q, want %q", tt.tag, style, tt.has)
			}
		})
	}
}

// TestFacesAreWellFormed: a block closes what it opens, and stays within its element.
func TestFacesAreWellFormed(t *testing.T) {
	rules := regexp.MustCompile(`^(:?[a-z][a-z0-9, *:]*\{[a-z-]+:[^{}<>]+\})+$`)
	for tag, f := range faces {
		style := f.style()
		if !rules.MatchString(style) || strings.Count(style, `"`)%2 != 0 || f.fonts == "" || (f.line == "") != (f.headline == "") {
			t.Errorf("%s: %s", tag, style)
		}
		if len(style) > 250 {
			t.Errorf("%s: %d bytes", tag, len(style))
		}
	}
}

// TestFaceOnPages: pages in a language have its block, and a policy that allows it; other
// pages have none of it.
func TestFaceOnPages(t *testing.T) {
	v := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
	v.Language = lang(t, "ar")
	framed := v
	framed.Frame = true
	for _, tt := range []struct {
		name  string
		brand Brand
		view  View
	}{
		{"a page", shop, v},
		{"a page that can ask the gateway", shop, waiting(v)},
		{"a part of another page", shop, framed},
		{"a page with sources of the operator", Brand{CSP: Sources{Style: []string{"'self'"}, Img: []string{"https://cdn.example.net"}}}, v},
		{"the front page of a newspaper", Brand{Theme: ThemeBulletin, Font: "Inter"}, v},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := tree(t, html(t, tt.brand, tt.view))
			if first := root.all("style")[0].kids[0].text; first != arabic.style() {
				t.Errorf("the first block is %s", first)
			}
			want := append(hashes(root, "style"), tt.brand.CSP.Style...)
			slices.Sort(want)
			if got := directives(compile(t, tt.brand).CSP(tt.view))["style-src"]; !slices.Equal(got, want) {
				t.Errorf("style-src %v, want %v", got, want)
			}
			tt.view.Language = lang(t, "en")
			if page := html(t, tt.brand, tt.view); strings.Contains(page, "Arabic") {
				t.Error("English has it too")
			}
		})
	}
}
