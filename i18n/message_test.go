package i18n_test

import (
	"testing"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

func TestMessage(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		values     []string
		want       string
	}{
		{"plain text", "Hello", nil, "Hello"},
		{"plain text asks for no value", "Hello", []string{"Site", "Shop"}, "Hello"},
		{"a value", "{{.Site}} is away", []string{"Site", "Shop"}, "Shop is away"},
		{"a value in the middle", "We can’t reach {{.Site}}.", []string{"Site", "Shop"}, "We can’t reach Shop."},
		{"a value alone", "{{.Site}}", []string{"Site", "Shop"}, "Shop"},
		{"two values, in the order of the text", "{{.Reference}}: {{.Site}}", []string{"Site", "Shop", "Reference", "7KQ2"}, "7KQ2: Shop"},
		{"two values with nothing between", "{{.Site}}{{.Reference}}", []string{"Site", "Shop", "Reference", "7KQ2"}, "Shop7KQ2"},
		{"a value used twice", "{{.Site}}, {{.Site}}", []string{"Site", "Shop"}, "Shop, Shop"},
		{"a value that is missing", "{{.Site}} is away", nil, " is away"},
		{"a name that is another's value", "{{.Site}}", []string{"Reference", "Site", "7KQ2"}, ""},
		{"a name without a value", "{{.Site}} is away", []string{"Site"}, " is away"},
		{"the first of two values for a name", "{{.Site}}", []string{"Site", "A", "Site", "B"}, "A"},
		{"values are not read as placeholders", "{{.Site}}", []string{"Site", "{{.Reference}}", "Reference", "7KQ2"}, "{{.Reference}}"},
		{"values are not escaped: that is for who shows them", "{{.Site}}", []string{"Site", "A & <B>"}, "A & <B>"},
		{"a percent sign means nothing", "100% of {{.Site}}", []string{"Site", "%s"}, "100% of %s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// contact.subject has both placeholders.
			c := must(t, i18n.Config{Translations: files("en.json", `{"contact.subject": "`+tt.text+`"}`)})
			if got := c.Lookup("en").Text("contact.subject", tt.values...); got != tt.want {
				t.Errorf("Text = %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("an unknown id is empty", func(t *testing.T) {
		l := must(t, i18n.Config{}).Lookup("en")
		if m := l.Message("no.such.id"); m != nil || m.String() != "" || l.Text("no.such.id", "Site", "Shop") != "" {
			t.Errorf("Message = %v, want none", m)
		}
	})
	t.Run("segments, for those who mark up the values", func(t *testing.T) {
		c := must(t, i18n.Config{Translations: files("en.json", `{"headline.site": "At {{.Site}}."}`)})
		m := c.Lookup("en").Message("headline.site")
		want := i18n.Message{{Text: "At "}, {Placeholder: "Site"}, {Text: "."}}
		if len(m) != 3 || m[0] != want[0] || m[1] != want[1] || m[2] != want[2] {
			t.Errorf("Message = %v, want %v", m, want)
		}
	})
}

func TestOnePlaceholderAlone(t *testing.T) {
	m := i18n.Message{{Placeholder: "Site"}}
	values := []string{"Reference", "7KQ2", "Site", "Shop"}
	if n := testing.AllocsPerRun(100, func() { _ = m.String(values...) }); n > 0 || m.String(values...) != "Shop" {
		t.Errorf("%q with %v allocations, want Shop with none", m.String(values...), n)
	}
}

func BenchmarkText(b *testing.B) {
	l := must(b, i18n.Config{Languages: []string{"en"}}).Lookup("en")
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = l.Text("station.you")
		}
	})
	b.Run("one value", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = l.Text("headline.unreachable", "Site", "Example Shop")
		}
	})
}
