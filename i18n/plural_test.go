package i18n_test

import (
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

func TestCount(t *testing.T) {
	c := must(t, i18n.Config{Translations: files(
		"en.json", `{"station.you": {"one": "visitor", "other": "visitors"}}`,
		"ar.json", `{"station.you": {"zero": "a", "one": "b", "two": "c", "few": "d", "many": "e", "other": "f"}}`,
		"cs.json", `{"language.name": "čeština", "station.you": {"few": "hosté", "other": "hostů"}}`,
	)})
	for _, tt := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 1, "visitor"}, {"en", 2, "visitors"}, {"en", 0, "visitors"}, {"en", -1, "visitor"},
		{"ar", 0, "a"}, {"ar", 1, "b"}, {"ar", 2, "c"}, {"ar", 3, "d"}, {"ar", 11, "e"}, {"ar", 100, "f"}, {"ar", 103, "d"},
		{"cs", 2, "hosté"}, {"cs", 5, "hostů"}, {"cs", 1, "hostů"}, // a form that is missing is "other"
	} {
		if got := c.Lookup(tt.tag).Count("station.you", tt.n); got != tt.want {
			t.Errorf("%s, %d: %q, want %q", tt.tag, tt.n, got, tt.want)
		}
	}
}

func TestPluralOfToday(t *testing.T) {
	c := must(t, i18n.Config{})
	for _, tt := range []struct {
		name, tag string
		n         int
		want      string
	}{
		{"Hebrew has no form for tens any more", "he", 20, "other"},
		{"Hebrew keeps one for pairs", "he", 2, "two"},
		{"none is no single thing in Marathi", "mr", 0, "other"},
		{"one is, in Marathi", "mr", 1, "one"},
		{"none is like one in Hindi", "hi", 0, "one"},
	} {
		if got := c.Lookup(tt.tag).Plural(tt.n); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
