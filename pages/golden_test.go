package pages

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
var constant = func() *strings.Replacer {
	pairs := []string{"<script>" + script + "</script>", "<script>/* script.js */</script>"}
	for _, name := range []string{"style", "card", "bulletin", "logo"} {
		css, err := os.ReadFile("internal/look/" + name + ".min.css")
		if err != nil {
			panic(err)
		}
		pairs = append(pairs, "<style>"+strings.TrimSuffix(string(css), "\n")+"</style>", "<style>/* "+name+".css */</style>")
	}
	return strings.NewReplacer(pairs...)
}()

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
