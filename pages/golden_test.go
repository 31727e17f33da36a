package pages

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
			page = strings.Replace(page, "<style>"+style+"</style>", "<style>/* style.css */</style>", 1)
			page = strings.Replace(page, "<script>"+script+"</script>", "<script>/* script.js */</script>", 1)
			check(t, s.name+".html", []byte(page))
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

// piece is a line, or what stands up to the end of a tag: pages have no line breaks.
var piece = regexp.MustCompile(`(?s)[^>\n]*[>\n]?`)

// firstDifference shows the first piece that differs, and the one before.
func firstDifference(got, want string) string {
	g, w := piece.FindAllString(got, -1), piece.FindAllString(want, -1)
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
