package i18n

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// A text comes from the nearest file that has it: the language itself, its parents, then
// English. The table is internal so that it does not depend on the files shipped.
func TestFallbackChain(t *testing.T) {
	files := map[string]map[string]string{}
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
		files[tag] = map[string]string{nameID: tag}
		for _, id := range ids {
			files[tag][id] = "from " + tag
		}
	}
	files["en"]["portugal"] = "from en"
	numbers := numbered(slices.Sorted(maps.Keys(files["en"])))
	all := map[string][]*file{}
	for tag, messages := range files {
		all[tag] = []*file{fileOf(packMessages(messages, numbers))}
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
	const stale = "run 'go generate ./...' and commit"
	all, err := readFiles(os.DirFS("."), "locales/*.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	opened := openBuiltin()
	if got, want := slices.Sorted(maps.Keys(opened)), slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Fatalf("packed are %v, want %v: %s", got, want, stale)
	}
	if files, err := builtin.ReadDir("packed"); err != nil || len(files) != len(all) {
		t.Errorf("%d files are packed, want one for each of %d languages: %s", len(files), len(all), stale)
	}
	for tag, p := range all {
		f := opened[tag][0]
		if name := p.get(nameID); f.name != name || name == "" {
			t.Errorf("%s: name %q, want %q: %s", tag, f.name, name, stale)
		}
		got := f.read()
		if !maps.Equal(got.numbers, p.numbers) {
			t.Fatalf("the packed ids are not those of English: %s", stale)
		}
		for id := range p.numbers {
			if got.get(id) != p.get(id) {
				t.Errorf("%s: %s: packed is %q, want %q: %s", tag, id, got.get(id), p.get(id), stale)
			}
		}
	}
}

// BenchmarkStart is what the first New of a process waits for, and the first page in a language.
func BenchmarkStart(b *testing.B) {
	b.Run("New", func(b *testing.B) {
		for b.Loop() {
			must(build(Config{}, openBuiltin()))
		}
	})
	b.Run("language", func(b *testing.B) {
		numbers := numbered(strings.Fields(builtinIDs))
		for b.Loop() {
			pack(unpack("el"), numbers)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
