package i18n

import (
	"slices"
	"testing"

	"golang.org/x/text/feature/plural"
)

// A text comes from the nearest file that has it: the language itself, its parents, then
// English. The table is internal so that it does not depend on the files shipped.
func TestFallbackChain(t *testing.T) {
	files := map[string]map[string]forms{}
	for tag, ids := range map[string][]string{
		"en":         {"english", "parent", "own"},
		"pt":         {"parent", "own"},
		"pt-PT":      {"portugal"},
		"pt-BR":      {"own"},
		"pt-AO":      {},
		"zh":         {"parent", "own"},
		"zh-Hant":    {"own"},
		"zh-Hant-HK": {},
		"zh-TW":      {},
		"sr":         {"parent", "own"},
		"sr-Latn":    {},
		"nb":         {"own"},
	} {
		files[tag] = map[string]forms{nameID: {tag}}
		for _, id := range ids {
			files[tag][id] = forms{"from " + tag}
		}
	}
	files["en"]["portugal"] = forms{"from en"}
	all := map[string][]*file{}
	for tag, messages := range files {
		all[tag] = []*file{fileOf(pack(messages, numbered(files["en"])))}
	}

	for _, tt := range []struct{ name, tag, id, want string }{
		{"its own text", "pt-BR", "own", "from pt-BR"},
		{"then its parent's", "pt-BR", "parent", "from pt"},
		{"then English", "pt-BR", "english", "from en"},
		{"never a sister's", "pt-BR", "portugal", "from en"},
		{"Angola reads on in Portugal's file", "pt-AO", "portugal", "from pt-PT"},
		{"then in the one for both", "pt-AO", "own", "from pt"},
		{"then in English", "pt-AO", "english", "from en"},
		{"a parent does not see its children", "pt", "own", "from pt"},
		{"Hong Kong reads on in traditional script", "zh-Hant-HK", "own", "from zh-Hant"},
		{"but never in simplified", "zh-Hant-HK", "parent", "from en"},
		{"Taiwan by its region too", "zh-TW", "own", "from zh-Hant"},
		{"nor in simplified", "zh-TW", "parent", "from en"},
		{"Latin Serbian never reads on in Cyrillic", "sr-Latn", "parent", "from en"},
		{"a language without parents", "nb", "own", "from nb"},
		{"reads on in English", "nb", "parent", "from en"},
		{"English is its own reference", "en", "own", "from en"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newLanguage(tt.tag, all).Text(tt.id); got != tt.want {
				t.Errorf("%s: Text(%q) = %q, want %q", tt.tag, tt.id, got, tt.want)
			}
		})
	}
}

// TestBuiltinFiles is what lets files be read without looking for faults, when they are wanted.
func TestBuiltinFiles(t *testing.T) {
	all, err := readFiles(builtin, "locales/*.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := openBuiltin()
	if err != nil || len(opened) != len(all) {
		t.Fatalf("%d files of %d, error %v", len(opened), len(all), err)
	}
	for tag, p := range all {
		f := opened[tag][0]
		if name := p.get(nameID, plural.Other); f.name != name || name == "" {
			t.Errorf("%s: name %q, want %q: it is the first message of its file", tag, f.name, name)
		}
		if got := f.read(); got.text != p.text || !slices.Equal(got.ends, p.ends) {
			t.Errorf("%s: read on demand it is another file", tag)
		}
	}
}

// BenchmarkStart is what the first New of a process waits for, and the first page in a language.
func BenchmarkStart(b *testing.B) {
	b.Run("New", func(b *testing.B) {
		for b.Loop() {
			files, err := openBuiltin()
			if err != nil {
				b.Fatal(err)
			}
			if _, err := build(Config{}, files); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("language", func(b *testing.B) {
		numbers := must(openBuiltin())[reference][0].read().numbers
		for b.Loop() {
			must(fileLater(builtin, "locales/el.json", numbers)).read()
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
