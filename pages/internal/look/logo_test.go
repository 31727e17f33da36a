package look

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

func svg(inner string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">` + inner + `</svg>`
}

// logos are texts of operators. One that is a drawing is shown as it is, in a picture.
var logos = []struct {
	name, text string
	shown      string // what the picture holds; for data URIs the URI
	fault      string // part of the error; empty: the logo is taken
}{
	{"a drawing", svg(`<path d="M0 0h10v10z"/>`), svg(`<path d="M0 0h10v10z"/>`), ""},
	{"blanks around it", " \n" + svg("") + "\n", svg(""), ""},
	{"a byte order mark before it", "\ufeff" + svg(""), svg(""), ""},
	{"a drawing for the inside of a page", `<svg viewBox="0 0 1 1"/>`, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`, ""},
	{"one behind a comment about one", `<!-- <svg --><svg>` + `</svg>`, `<!-- <svg --><svg xmlns="http://www.w3.org/2000/svg"></svg>`, ""},
	{"what editors leave", `<?xml version="1.0"?><!-- made with love -->` + svg(`<title>Shop</title>`), `<?xml version="1.0"?><!-- made with love -->` + svg(`<title>Shop</title>`), ""},
	{"lines, a percent sign and letters", svg("\n\t<text>100% für Sie #1</text>"), svg("\n\t<text>100% für Sie #1</text>"), ""},
	{"a style that follows light and dark", svg(`<style>@media(prefers-color-scheme:dark){path{fill:#fff}}</style>`), svg(`<style>@media(prefers-color-scheme:dark){path{fill:#fff}}</style>`), ""},

	{"a script, which does not run in a picture", svg(`<script>alert(1)</script>`), svg(`<script>alert(1)</script>`), ""},
	{"an event, which does not happen in one", svg(`<path onclick="alert('1')"/>`), svg(`<path onclick="alert('1')"/>`), ""},
	{"what ends an attribute and an element", svg(`"><img src=x onerror=alert(1)>`), svg(`"><img src=x onerror=alert(1)>`), ""},

	{"an entity", `<!DOCTYPE svg [<!ENTITY a "b">]>` + svg(`<g>&a;</g>`), "", "<!DOCTYPE>"},
	{"an entity in small letters", `<?xml version="1.0"?><!doctype svg>` + svg(""), "", "<!DOCTYPE>"},
	{"an entity inside", svg(`<!Entity a "b">`), "", "<!DOCTYPE>"},
	{"nothing but a comment", "<!-- svg -->", "", "want an svg element"},
	{"nothing", "  ", "", "want an svg element"},
	{"a word", "logo.svg", "", "want an svg element"},
	{"an element that begins alike", "<svgs></svgs>", "", "want an svg element"},
	{"a drawing without an end", "<svg viewBox=", "", "want an svg element"},
	{"HTML", "<html></html>", "", "want an svg element"},
	{"a script alone", "<script/>", "", "want an svg element"},
	{"more than 8 KB", svg(strings.Repeat("<g/>", 3000)), "", "want at most 8192"},

	{"a PNG", picture("png", "\x89PNG\r\n\x1a\n"), picture("png", "\x89PNG\r\n\x1a\n"), ""},
	{"a JPEG", picture("jpeg", "\xff\xd8\xff\xe0"), picture("jpeg", "\xff\xd8\xff\xe0"), ""},
	{"a WebP", picture("webp", "RIFF1234WEBP"), picture("webp", "RIFF1234WEBP"), ""},
	{"a drawing as a picture", picture("svg+xml", svg("")), picture("svg+xml", svg("")), ""},
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

// shownBy returns what an img element shows: the drawing, or the URI of another picture.
func shownBy(t *testing.T, markup string) string {
	t.Helper()
	uri, begins := strings.CutPrefix(markup, `<img src="`)
	uri, ends := strings.CutSuffix(uri, `" alt="">`)
	if !begins || !ends || strings.ContainsAny(uri, "\"<>&\r\n") {
		t.Fatalf("no img element, or more than one: %s", markup)
	}
	drawing, ok := strings.CutPrefix(uri, "data:image/svg+xml,")
	if !ok {
		return uri
	}
	if strings.Contains(drawing, "#") {
		t.Fatalf("a fragment: %s", uri)
	}
	text, err := url.PathUnescape(drawing)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestLogo: whatever a logo holds, it is one picture, of which no character is part of the page.
func TestLogo(t *testing.T) {
	for _, tt := range logos {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseLogo(tt.text)
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("parseLogo = %s, %v; want %q", got, err, tt.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if shown := shownBy(t, got); shown != tt.shown {
				t.Errorf("it shows %s\nwant     %s", shown, tt.shown)
			}
		})
	}
}

// FuzzLogo looks for a logo that is more than a picture.
func FuzzLogo(f *testing.F) {
	for _, l := range logos {
		f.Add(l.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		markup, err := parseLogo(text)
		if err != nil {
			return
		}
		if shown := shownBy(t, markup); len(shown) > maxLogo+len(svgSpace)+9 || declaration.MatchString(shown) {
			t.Errorf("a longer one, or one with a declaration: %s", shown)
		}
	})
}
