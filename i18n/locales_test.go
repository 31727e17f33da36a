package i18n_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// locale reads an embedded file by itself, as New would fill its gaps from English.
func locale(t *testing.T, name string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	texts := map[string]string{}
	for id, v := range raw {
		if entry, ok := v.(map[string]any); ok {
			v = entry["other"]
		}
		texts[id], _ = v.(string)
	}
	return texts
}

// Each file that is shipped is complete: visitors never see two languages on one page.
func TestLocalesAreComplete(t *testing.T) {
	english := locale(t, "locales/en.json")
	names, err := filepath.Glob("locales/*.json")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) {
			texts := locale(t, name)
			for _, fault := range localeFaults(texts, english) {
				t.Errorf("%s: %s", name, fault)
			}
			if other, taken := own[texts["language.name"]]; taken {
				t.Errorf("%s: language.name: %q is the name in %s too", name, texts["language.name"], other)
			}
			own[texts["language.name"]] = name
		})
	}
}

var (
	markup = regexp.MustCompile(`[<>]|&#?\w+;`)
	blanks = regexp.MustCompile(`[\s\p{Z}]{2}`)
)

// localeFaults returns what is wrong with the texts of a language, by id.
func localeFaults(texts, english map[string]string) []string {
	var faults []string
	for _, id := range slices.Sorted(maps.Keys(english)) {
		if _, ok := texts[id]; !ok {
			faults = append(faults, id+": missing")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		text := texts[id]
		fault := func(format string, args ...any) {
			faults = append(faults, fmt.Sprintf("%s: %s: %q", id, fmt.Sprintf(format, args...), text))
		}
		reference, ok := english[id]
		if !ok {
			fault("English does not have it")
			continue
		}
		if got, want := placeholders(text), placeholders(reference); !maps.Equal(got, want) {
			fault("has the placeholders %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		if markup.MatchString(text) {
			fault("HTML")
		}
		if strings.Contains(text, "'") && !strings.Contains(reference, "'") {
			fault("a typewriter apostrophe; want ’ or the quotation marks of the language")
		}
		if strings.TrimFunc(text, unicode.IsSpace) != text {
			fault("a blank at the start or end")
		}
		if blanks.MatchString(text) {
			fault("two blanks in a row")
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }); i >= 0 {
			fault("a control or replacement character at byte %d", i)
		}
	}
	return faults
}

func placeholders(text string) map[string]bool {
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`\{\{\.(\w+)\}\}`).FindAllStringSubmatch(text, -1) {
		names[found[1]] = true
	}
	return names
}

// The check itself: a translation with one fault of each kind.
func TestLocaleFaults(t *testing.T) {
	english := map[string]string{"a": "It’s {{.Site}} at {{.Time}}", "b": "B"}
	for _, tt := range []struct {
		name  string
		texts map[string]string
		want  string // start of the only fault; empty: none
	}{
		{"none", map[string]string{"a": "C’est {{.Site}} à {{.Time}}", "b": "B"}, ""},
		{"another order of placeholders", map[string]string{"a": "{{.Time}} {{.Site}}", "b": "B"}, ""},
		{"a hard space", map[string]string{"a": "{{.Time}}\u00a0: {{.Site}}", "b": "B"}, ""},
		{"a missing id", map[string]string{"a": "{{.Site}} {{.Time}}"}, "b: missing"},
		{"an extra id", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "B", "c": "C"}, "c: English does not have it"},
		{"a placeholder lost", map[string]string{"a": "{{.Site}}", "b": "B"}, "a: has the placeholders [Site], want [Site Time]"},
		{"a placeholder too many", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "{{.Site}}"}, "b: has the placeholders [Site], want []"},
		{"a tag", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "<br>"}, "b: HTML"},
		{"an entity", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "a&nbsp;b"}, "b: HTML"},
		{"a typewriter apostrophe", map[string]string{"a": "C'est {{.Site}} {{.Time}}", "b": "B"}, "a: a typewriter apostrophe"},
		{"a blank at the start", map[string]string{"a": " {{.Site}} {{.Time}}", "b": "B"}, "a: a blank at the start"},
		{"a hard space at the end", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "B\u00a0"}, "b: a blank at the start or end"},
		{"two blanks", map[string]string{"a": "{{.Site}}  {{.Time}}", "b": "B"}, "a: two blanks"},
		{"a blank and a hard space", map[string]string{"a": "{{.Site}} \u00a0{{.Time}}", "b": "B"}, "a: two blanks"},
		{"a broken character", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "B\ufffd"}, "b: a control or replacement"},
		{"a bell", map[string]string{"a": "{{.Site}} {{.Time}}", "b": "B\aB"}, "b: a control or replacement"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := localeFaults(tt.texts, english)
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tt.want)) {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEnglishHasNotes: who translates a message sees it alone, in Weblate or another tool.
func TestEnglishHasNotes(t *testing.T) {
	data, err := os.ReadFile("locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]struct{ Description, Other string }
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatalf("not each message has a note: %v", err)
	}
	for id, m := range raw {
		if m.Description == "" {
			t.Errorf("%s has no note to the translator", id)
		}
	}
}

// TestReport is not a check: it lists, for each language, how long it is against English,
// and what may not be translated or may not have room.
func TestReport(t *testing.T) {
	english := locale(t, "locales/en.json")
	names, _ := filepath.Glob("locales/*.json")
	length := func(texts map[string]string) (n int) {
		for _, text := range texts {
			n += utf8.RuneCountInString(text)
		}
		return n
	}
	for _, name := range names {
		texts := locale(t, name)
		var same, long []string
		for _, id := range slices.Sorted(maps.Keys(english)) {
			e, own := english[id], texts[id]
			if name != "locales/en.json" && own == e && len(e) > 12 && !strings.HasPrefix(e, "{{") && !strings.HasPrefix(id, "keys.") {
				same = append(same, id)
			}
			if float64(utf8.RuneCountInString(own)) > 2.2*float64(utf8.RuneCountInString(e)) {
				long = append(long, id)
			}
		}
		t.Logf("%-8s %d of %d messages, length %.2f of English, as English: %v, longer than 2.2 times: %v",
			strings.TrimSuffix(filepath.Base(name), ".json"), len(texts), len(english), float64(length(texts))/float64(length(english)), same, long)
	}
}
