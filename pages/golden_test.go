package pages

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

var update = flag.Bool("update", false, "write the golden files of testdata/golden anew")

// TestGolden holds whole answers byte for byte. Write them anew with
//
//	go test ./pages -run TestGolden -update
//
// and read the difference before you commit it. The constant style is left out, so that
// a change of style.css touches none of them; so is the script.
func TestGolden(t *testing.T) {
	known := map[string]bool{}
	check := func(t *testing.T, name string, got []byte) {
		t.Helper()
		known[name] = true
		golden(t, name, got)
	}
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			page := html(t, s.brand, s.in(lang(t, s.lang)))
			tree(t, page)
			check(t, s.name+".html", []byte(constant.Replace(page)))
		})
	}
	for _, theme := range []Theme{ThemeCard, ThemeBulletin} {
		t.Run("theme "+string(theme), func(t *testing.T) {
			b := dressed
			b.Theme = theme
			page := html(t, b, seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET"))
			tree(t, page)
			check(t, "theme-"+string(theme)+".html", []byte(constant.Replace(page)))
		})
	}
	for _, s := range samples() {
		switch s.name {
		case "gap-between-refused", "form-unknown-slow", "no-brand":
			t.Run(s.name+" for programs", func(t *testing.T) {
				check(t, s.name+".json", compile(t, s.brand).Problem(s.in(lang(t, s.lang))))
			})
			t.Run(s.name+" for terminals", func(t *testing.T) {
				check(t, s.name+".txt", compile(t, s.brand).Text(s.in(lang(t, s.lang))))
			})
		}
	}
	t.Run("no golden file is left over", func(t *testing.T) {
		if flag.Lookup("test.run").Value.String() != "" {
			t.Skip("not all cases were run")
		}
		files, err := filepath.Glob("testdata/golden/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !known[filepath.Base(file)] {
				t.Errorf("%s belongs to no case", file)
			}
		}
	})
}

// constant takes out what is the same on every page of a theme.
var constant = strings.NewReplacer("<style>"+strings.TrimSuffix(style, "\n")+"</style>", "<style>/* style.css */</style>",
	"<style>"+strings.TrimSuffix(cardStyle, "\n")+"</style>", "<style>/* card.css */</style>", "<style>"+strings.TrimSuffix(bulletinStyle, "\n")+"</style>", "<style>/* bulletin.css */</style>",
	"<style>"+strings.TrimSuffix(logoStyle, "\n")+"</style>", "<style>/* logo.css */</style>",
	"<script>"+script+"</script>", "<script>/* script.js */</script>")

// dressed is a brand with everything there is to see.
var dressed = Brand{
	Site: shop.Site, Contact: shop.Contact, Accent: "#7a1fa2", Radius: "6px", Font: `Inter, "Segoe UI", sans-serif`,
	Logo: `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32"><path d="M0 0h120v32z" fill="#7a1fa2"/></svg>`,
	Slots: Slots{
		Header: templ.Raw(`<a href="/">Start</a>`), Advice: templ.Raw("<p>Call the shop in your town.</p>"),
		ContactExtra: templ.Raw("<p>Or come by: High Street 1.</p>"), Footer: templ.Raw("<p>Example Ltd, Dover</p>"),
	},
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: -update writes it", err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs (-update writes it anew):\n%s", file, firstDifference(string(got), string(want)))
	}
}

// oneTag is a line, or what stands up to the end of a tag: pages have no line breaks.
var oneTag = regexp.MustCompile(`(?s)[^>\n]*[>\n]?`)

// firstDifference shows the first such part that differs, and the one before.
func firstDifference(got, want string) string {
	g, w := oneTag.FindAllString(got, -1), oneTag.FindAllString(want, -1)
	at := func(pieces []string, i int) string {
		if i < 0 || i >= len(pieces) {
			return ""
		}
		return pieces[i]
	}
	i := 0
	for i < len(g) && at(g, i) == at(w, i) {
		i++
	}
	return "after " + at(w, i-2) + at(w, i-1) + "\n got " + at(g, i) + at(g, i+1) + "\nwant " + at(w, i) + at(w, i+1)
}
