package pages

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func svg(inner string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">` + inner + `</svg>`
}

var logos = []struct {
	name, text string
	want       string // the markup
	fault      string // part of the error; empty: the logo is taken
}{
	{"a drawing", svg(`<path d="M0 0h10v10z"/>`), `<svg aria-hidden="true" viewBox="0 0 10 10"><path d="M0 0h10v10z"></path></svg>`, ""},
	{"a drawing with a size only", `<svg width="10px" height="4"><rect width="10" height="4"/></svg>`, `<svg aria-hidden="true" viewBox="0 0 10 4"><rect height="4" width="10"></rect></svg>`, ""},
	{"what editors leave", `<?xml version="1.0"?><!-- made with love -->` + strings.Replace(svg(`<title>Shop</title><metadata><x xmlns="urn:x">y</x></metadata><g xmlns:e="urn:e" e:label="a"/>`), "viewBox", `version="1.1" id="root" viewBox`, 1),
		`<svg aria-hidden="true" viewBox="0 0 10 10"><g></g></svg>`, ""},
	{"a style attribute becomes attributes", svg(`<path style="fill:#f00;-inkscape-font:x;stroke-width:2;display:inline" d="M0 0"/>`), `<svg aria-hidden="true" viewBox="0 0 10 10"><path d="M0 0" fill="#f00" stroke-width="2"></path></svg>`, ""},
	{"a gradient, by an id of its own", svg(`<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient></defs><path fill="url('#a')" d="M0 0"/>`),
		`<svg aria-hidden="true" viewBox="0 0 10 10"><defs><linearGradient id="logo-a"><stop offset="0" stop-color="red"></stop></linearGradient></defs><path d="M0 0" fill="url(#logo-a)"></path></svg>`, ""},

	{"a script", svg(`<script>alert(1)</script>`), "", "<script> is not taken"},
	{"a script of another case", svg(`<SCRIPT>alert(1)</SCRIPT>`), "", "<SCRIPT> is not taken"},
	{"a script in CDATA", svg(`<g><![CDATA[<script>alert(1)</script>]]></g>`), "", "text is not taken"},
	{"a script of HTML", svg(`<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>`), `<svg aria-hidden="true" viewBox="0 0 10 10"></svg>`, ""},
	{"an event on the root", `<svg viewBox="0 0 1 1" onload="alert(1)"/>`, "", `"onload" is not taken`},
	{"an event on a shape", svg(`<path onclick="alert(1)"/>`), "", `"onclick" is not taken`},
	{"an event in another namespace", svg(`<path xmlns:e="urn:e" e:onclick="alert(1)"/>`), `<svg aria-hidden="true" viewBox="0 0 10 10"><path></path></svg>`, ""},
	{"HTML inside", svg(`<foreignObject><body/></foreignObject>`), "", "<foreignObject> is not taken"},
	{"a link", svg(`<a href="javascript:alert(1)"><path/></a>`), "", "<a> is not taken"},
	{"a picture from elsewhere", svg(`<image href="https://example.net/a.png"/>`), "", "<image> is not taken"},
	{"a use of itself", svg(`<use href="#a"/>`), "", "<use> is not taken"},
	{"an old link on a gradient", svg(`<linearGradient xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://example.net/#a"/>`), "", "href is not taken"},
	{"a link on a gradient", svg(`<linearGradient href="#a"/>`), "", `"href" is not taken`},
	{"an animation", svg(`<path><set attributeName="d" to="x"/></path>`), "", "<set> is not taken"},
	{"a style element", svg(`<style>path{fill:url(https://example.net)}</style>`), "", "<style> is not taken"},
	{"a colour from elsewhere", svg(`<path fill="url(https://example.net/#a)"/>`), "", "fill="},
	{"a colour from elsewhere by style", svg(`<path style="fill:url(https://example.net/#a)"/>`), "", "style: "},
	{"a style with a hidden function", svg(`<path style="background:url(//example.net)"/>`), "", "style: "},
	{"an expression", svg(`<path style="fill:expression(alert(1))"/>`), "", "style: "},
	{"a class", svg(`<path class="a"/>`), "", "class is not taken"},
	{"a value that ends its attribute", svg(`<path d="M0 0&quot; onload=&quot;alert(1)"/>`), "", "d="},
	{"a value with an entity for a bracket", svg(`<path fill="&lt;b&gt;"/>`), "", "fill="},
	{"an id with a bracket", svg(`<path id="a&gt;b"/>`), "", "id="},
	{"an id twice", svg(`<path id="a"/><path id="a"/>`), "", "twice"},
	{"an entity", `<!DOCTYPE svg [<!ENTITY a "b">]>` + svg(`<g>&a;</g>`), "", "<!DOCTYPE>"},
	{"a billion laughs", `<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>` + svg("&c;"), "", "<!DOCTYPE>"},
	{"a file of the gateway", `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + svg("&a;"), "", "<!DOCTYPE>"},
	{"an unknown entity", svg("&nbsp;"), "", "not well-formed"},
	{"a text", svg("<text>Shop</text>"), "", "<text> is not taken"},
	{"no viewBox and no size", `<svg><path/></svg>`, "", "no viewBox"},
	{"elements that are not closed", `<svg viewBox="0 0 1 1"><g>`, "", "not well-formed"},
	{"elements closed across", svg("<g><path></g></path>"), "", "not well-formed"},
	{"two drawings", svg("") + svg(""), "", "one svg element"},
	{"a drawing in a drawing", svg(svg("")), "", "<svg> is not taken"},
	{"nothing but a comment", "<!-- svg -->", "", "want an svg element"},
	{"a word", "logo.svg", "", "turn it into paths"},
	{"HTML", "<html></html>", "", "<html> is not taken"},
	{"an abyss", svg(strings.Repeat("<g>", 40) + strings.Repeat("</g>", 40)), "", "inside each other"},
	{"more than 8 KB", svg(strings.Repeat("<g/>", 3000)), "", "want at most 8192"},
	{"a second encoding", `<?xml version="1.0" encoding="utf-7"?>` + svg(""), "", "not well-formed"},

	{"a PNG", picture("png", "\x89PNG\r\n\x1a\n"), `<img src="` + picture("png", "\x89PNG\r\n\x1a\n") + `" alt="">`, ""},
	{"a JPEG", picture("jpeg", "\xff\xd8\xff\xe0"), `<img src="` + picture("jpeg", "\xff\xd8\xff\xe0") + `" alt="">`, ""},
	{"a WebP", picture("webp", "RIFF1234WEBP"), `<img src="` + picture("webp", "RIFF1234WEBP") + `" alt="">`, ""},
	{"a drawing as a picture", picture("svg+xml", svg("")), `<img src="` + picture("svg+xml", svg("")) + `" alt="">`, ""},
	{"a GIF", picture("gif", "GIF89a"), "", "want data:image/png"},
	{"HTML as data", "data:text/html;base64,PGI+", "", "want data:image/png"},
	{"a picture with a parameter", "data:image/png;charset=x;base64,iVBORw==", "", "want data:image/png"},
	{"a picture that is another", picture("png", "<html>"), "", "no image/png"},
	{"data that end the attribute", `data:image/png;base64,iVBORw0K" onerror="alert(1)`, "", "not base64"},
	{"data in many lines", "data:image/png;base64,iVBO\nRw0K", "", "not base64"},
	{"a picture of 8 KB", picture("png", "\x89PNG\r\n"+strings.Repeat("a", 8<<10)), "", "want at most 8192"},
}

func picture(kind, data string) string {
	return "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(data))
}

// TestLogo: what is shown is written anew; what could run, load or grow is refused.
func TestLogo(t *testing.T) {
	for _, tt := range logos {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseLogo(tt.text)
			switch {
			case tt.fault == "" && err != nil:
				t.Fatal(err)
			case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)):
				t.Fatalf("parseLogo = %s, %v; want %q", got, err, tt.fault)
			case got != tt.want:
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestLogoIsCalledByTheName: who does not see it hears the name, of the host if need be.
func TestLogoIsCalledByTheName(t *testing.T) {
	view := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
	for name, b := range map[string]Brand{`A "B" & C`: {Site: `A "B" & C`}, "shop.example.com": {}} {
		b.Logo = svg("<path/>")
		site := tree(t, html(t, b, view)).classed("site")[0]
		logo := site.classed("logo")
		if len(logo) != 1 || logo[0].attrs["role"] != "img" || logo[0].attrs["aria-label"] != name || site.words() != "" {
			t.Errorf("%s: another name: %v", name, logo)
		}
	}
}

// FuzzLogo looks for a logo that is more than a drawing.
func FuzzLogo(f *testing.F) {
	for _, l := range logos {
		f.Add(l.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		markup, err := parseLogo(text)
		if err != nil {
			return
		}
		if strings.HasPrefix(markup, "<img ") {
			if strings.Count(markup, `"`) != 4 || strings.Count(markup, "<") != 1 {
				t.Errorf("an img with more: %s", markup)
			}
			return
		}
		root, err := parse("<!doctype html>" + lowerTags.Replace(markup))
		if err != nil {
			t.Fatalf("not well-formed: %v: %s", err, markup)
		}
		root.walk(func(n *node) {
			if strings.TrimSpace(n.text) != "" {
				t.Errorf("a text: %q", n.text)
			}
			for name, value := range n.attrs {
				if strings.HasPrefix(strings.ToLower(name), "on") || name == "style" || name == "href" || strings.Contains(strings.ReplaceAll(value, "url(#logo-", ""), "url(") {
					t.Errorf("%s=%q", name, value)
				}
			}
		})
		if again, err := parseLogo(markup); err != nil || strings.ReplaceAll(again, "logo-logo-", "logo-") != markup {
			t.Errorf("read again it is another (%v):\n%s\n%s", err, markup, again)
		}
	})
}

// lowerTags makes the names fit for the parser of these tests.
var lowerTags = strings.NewReplacer("linearGradient", "lineargradient", "radialGradient", "radialgradient", "clipPath", "clippath")
