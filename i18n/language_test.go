package i18n

import (
	"testing"
	"time"
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
	all := over(pack(files), map[string]chain{})

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

// New is waited for at every start. The times are for the reader of -v; the limit is far
// off, so that only another order of growth meets it.
func TestNewIsFast(t *testing.T) {
	start := time.Now()
	if _, err := readFiles(builtin, "locales", nil); err != nil {
		t.Fatal(err)
	}
	read := time.Since(start)
	if _, err := builtinFiles(); err != nil { // so that New finds them read
		t.Fatal(err)
	}
	start = time.Now()
	c, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d languages: embedded files %v, once per process; then New %v", len(c.languages), read, time.Since(start))
	if limit := 100 * time.Millisecond * time.Duration(len(c.languages)); read > limit {
		t.Errorf("reading the embedded files took %v, want less than %v", read, limit)
	}
}
