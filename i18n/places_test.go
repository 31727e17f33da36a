package i18n_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// maxAsEnglish is how many messages may be the same in English: names of keys and words that
// a language took over. Most have none, Filipino has eight.
const maxAsEnglish = 20

// TestALanguageIsInAllItsPlaces names those that a new language is missing from.
func TestALanguageIsInAllItsPlaces(t *testing.T) {
	all := must(t, i18n.Config{}).Languages()
	english := locale(t, "locales/en.json")
	for _, l := range all {
		if l.Tag == "en" {
			continue
		}
		t.Run(l.Tag, func(t *testing.T) {
			same := 0
			for id, text := range locale(t, "locales/"+l.Tag+".json") {
				if text == english[id] {
					same++
				}
			}
			if same > maxAsEnglish {
				t.Errorf("locales/%s.json: %d messages are still English", l.Tag, same)
			}
			if _, err := os.Stat("glossary/" + l.Tag + ".md"); err != nil {
				t.Errorf("no glossary: %v", err)
			}
			if !sentByBrowsers(l.Tag) {
				t.Errorf("browserLocales (browsers_test.go) has no locale whose users get %s", l.Tag)
			}
		})
	}
	for _, name := range []string{"../README.md", "../.github/CHANGELOG.md"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(\d+) languages`).FindAllStringSubmatch(string(data), -1) {
			if found[1] != strconv.Itoa(len(all)) {
				t.Errorf("%s says %q; there are %d", name, found[0], len(all))
			}
		}
	}
}

func sentByBrowsers(tag string) bool {
	for _, b := range browserLocales {
		if b.want == tag {
			return true
		}
	}
	return false
}
