package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAThemeIsInAllItsPlaces names those that a new theme is missing from.
func TestAThemeIsInAllItsPlaces(t *testing.T) {
	declared := regexp.MustCompile(`\bTheme\w+\s+Theme\s*=\s*"(\w+)"`).FindAllStringSubmatch(sources(t, "*.go", "internal/*/*.go"), -1)
	if len(declared) < 3 {
		t.Fatalf("only %q found", declared)
	}
	refusal := regexp.MustCompile(`(?m)^.*"Theme",.*want.*$`).FindString(sources(t, "*.go", "internal/*/*.go"))
	flag := regexp.MustCompile(`(?m)^.*"theme".*$`).FindString(sources(t, "../example/*.go", "../example/*/*.go"))
	row := regexp.MustCompile("(?m)^\\| `Theme` .*$").FindString(sources(t, "../README.md"))
	seen := sources(t, "../example/browsertest/theme_test.go")
	for _, d := range declared {
		name := d[1]
		for _, place := range []struct{ is, text, holds string }{
			{"the error about another theme", refusal, `"` + name + `"`},
			{"the help of -theme", flag, name},
			{"the table of the README", row, "`" + name + "`"},
			{"the browser test of themes", seen, `"` + name + `"`},
		} {
			if !strings.Contains(place.text, place.holds) {
				t.Errorf("%s lacks %s: %.200s", place.is, name, place.text)
			}
		}
		if _, err := os.Stat("testdata/golden/theme-" + name + ".html"); err != nil && name != string(ThemeLine) {
			t.Errorf("TestGolden has no page in it: %v", err)
		}
	}
}

func sources(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") && name != pattern {
				continue // this one has the patterns themselves
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(data)
		}
	}
	return all.String()
}
