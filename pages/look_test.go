package pages

import (
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/look"
)

// TestLookIsWrittenFromWhatWasParsed: the style block has values in one form only.
func TestLookIsWrittenFromWhatWasParsed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		brand Brand
		want  string // in the brand's block; with "!" before it: not there
	}{
		{"a radius in another spelling", Brand{Radius: "06.50px"}, "--radius:6.5px"},
		{"no radius, as a length", Brand{Radius: "0"}, "--radius:0px"},
		{"the radius of a theme", Brand{Theme: ThemeCard}, "--radius:1rem"},
		{"a radius before that of the theme", Brand{Theme: ThemeCard, Radius: "2px"}, "--radius:2px"},
		{"no radius on the default page", Brand{}, "!--radius"},
		{"fonts before those of the language", Brand{Font: "Inter,'Segoe UI'"}, `--font:"Inter","Segoe UI"`},
		{"a generic font behind those of the language", Brand{Font: "Georgia, serif"}, `--font:"Georgia";--face:serif`},
		{"a generic font alone", Brand{Font: "serif"}, "!--font"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			block, _, _ := strings.Cut(compile(t, tt.brand).styles, "</style>")
			want, missing := strings.CutPrefix(tt.want, "!")
			if strings.Contains(block, want) == missing {
				t.Errorf("the block is %s", block)
			}
		})
	}
}

// TestWritingOnPages: pages in a language have its block, and a policy that allows it; other
// pages have none of it.
func TestWritingOnPages(t *testing.T) {
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
			if first := root.all("style")[0].kids[0].text; first != look.WritingOf("ar") {
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

// TestLogoIsCalledByTheName: who does not see it hears the name, of the host if need be.
func TestLogoIsCalledByTheName(t *testing.T) {
	view := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
	for name, b := range map[string]Brand{`A "B" & C`: {Site: `A "B" & C`}, "shop.example.com": {}} {
		b.Logo = `<svg viewBox="0 0 1 1"><path/></svg>`
		site := tree(t, html(t, b, view)).classed("site")[0]
		logo := site.classed("logo")
		if len(logo) != 1 || logo[0].attrs["role"] != "img" || logo[0].attrs["aria-label"] != name || site.words() != "" {
			t.Errorf("%s: another name: %v", name, logo)
		}
	}
}
