package i18n_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// offered is the set of languages that most tests match against. It does not depend on
// the languages that are shipped.
var offered = []string{
	"en", "ar", "de", "es", "fa", "fil", "fr", "he", "hr", "id", "nb",
	"pt-BR", "pt-PT", "ru", "sr", "tr", "zh-Hans", "zh-Hant",
}

// catalogue offers exactly these languages, the first of them as the fallback. Each
// holds no more than its name, which is its tag.
func catalogue(tb testing.TB, tags ...string) *i18n.Catalogue {
	tb.Helper()
	files := fstest.MapFS{}
	for _, tag := range tags {
		files[tag+".json"] = &fstest.MapFile{Data: []byte(`{"language.name": "` + tag + `"}`)}
	}
	c, err := i18n.New(i18n.Config{Languages: tags, Default: tags[0], Translations: files})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

var matches = []struct{ name, header, want string }{
	// What is offered.
	{"an offered language", "de", "de"},
	{"another offered language", "fr", "fr"},
	{"the fallback itself", "en", "en"},
	{"a region that has no file of its own", "de-AT", "de"},
	{"British English", "en-GB", "en"},
	{"Canadian French", "fr-CA", "fr"},
	{"Latin American Spanish", "es-419", "es"},
	{"Mexican Spanish", "es-MX", "es"},
	{"Egyptian Arabic as a region", "ar-EG", "ar"},
	{"a script that goes without saying", "ru-Cyrl-RU", "ru"},
	{"an old spelling variant", "de-CH-1996", "de"},
	{"a Unicode extension", "de-DE-u-co-phonebk", "de"},
	{"a private part", "de-x-home", "de"},
	{"capitals do not matter", "DE-de", "de"},
	{"an underscore for the hyphen", "en_US", "en"},
	{"an underscore in another language", "pt_BR", "pt-BR"},
	{"three letters of ISO 639-2", "deu", "de"},

	// Chinese: the script decides.
	{"Chinese alone is simplified", "zh", "zh-Hans"},
	{"mainland China", "zh-CN", "zh-Hans"},
	{"Singapore", "zh-SG", "zh-Hans"},
	{"Taiwan", "zh-TW", "zh-Hant"},
	{"Hong Kong", "zh-HK", "zh-Hant"},
	{"Macau", "zh-MO", "zh-Hant"},
	{"traditional script on the mainland", "zh-Hant-CN", "zh-Hant"},
	{"simplified script in Hong Kong", "zh-Hans-HK", "zh-Hans"},
	{"Mandarin by its own code", "cmn", "zh-Hans"},
	{"Mandarin as an extended subtag", "zh-cmn-Hant", "zh-Hant"},
	{"Cantonese readers write traditional", "yue", "zh-Hant"},
	{"Cantonese of Hong Kong", "yue-HK", "zh-Hant"},
	{"Cantonese as an extended subtag", "zh-yue", "zh-Hant"},
	{"Cantonese in simplified script", "yue-Hans-CN", "zh-Hans"},
	{"Wu readers write simplified", "wuu", "zh-Hans"},
	{"Taiwanese", "nan-TW", "zh-Hant"},
	{"Chinese in Latin letters is none of ours", "zh-Latn", "en"},

	// Portuguese: Brazil and Portugal differ.
	{"Portuguese alone is Brazilian", "pt", "pt-BR"},
	{"Brazil", "pt-BR", "pt-BR"},
	{"Portugal", "pt-PT", "pt-PT"},
	{"Angola is nearer to Portugal", "pt-AO", "pt-PT"},
	{"Mozambique is nearer to Portugal", "pt-MZ", "pt-PT"},

	// Codes that were renamed.
	{"the old code for Hebrew", "iw", "he"},
	{"the old code for Hebrew with a region", "iw-IL", "he"},
	{"the old code for Indonesian", "in", "id"},
	{"Tagalog is Filipino", "tl-PH", "fil"},
	{"Norwegian without a choice", "no", "nb"},

	// Relatives whose readers are at home in it.
	{"Nynorsk readers read Bokmål", "nn-NO", "nb"},
	{"Swiss German readers read German", "gsw", "de"},
	{"Swiss German with a region", "gsw-CH", "de"},
	{"Luxembourgish readers read German", "lb", "de"},
	{"Bosnian readers read Croatian", "bs", "hr"},
	{"Serbian in Latin letters", "sr-Latn-RS", "sr"},
	{"Montenegro", "sr-ME", "sr"},
	{"Dari readers read Persian", "prs", "fa"},
	{"Dari with its region", "prs-AF", "fa"},
	{"spoken Egyptian readers read Arabic", "arz", "ar"},
	{"spoken Moroccan readers read Arabic", "ary-MA", "ar"},
	{"standard Arabic by its own code", "arb", "ar"},

	// Neighbours and old rulers are no relatives.
	{"Azerbaijani is not Russian", "az", "en"},
	{"Azerbaijani is not Turkish", "az-AZ", "en"},
	{"Kazakh is not Russian", "kk", "en"},
	{"Belarusian is not Russian", "be", "en"},
	{"Ukrainian is not Russian", "uk", "en"},
	{"Macedonian is neither Russian nor Serbian", "mk", "en"},
	{"Armenian is not Russian", "hy", "en"},
	{"Mongolian is not Russian", "mn", "en"},
	{"Tajik is not Russian", "tg", "en"},
	{"Uzbek is not Russian", "uz", "en"},
	{"Kyrgyz is not Russian", "ky", "en"},
	{"Catalan is not Spanish", "ca", "en"},
	{"Basque is not Spanish", "eu", "en"},
	{"Galician is not Spanish", "gl", "en"},
	{"Breton is not French", "br", "en"},
	{"Kurdish is not Turkish", "ku", "en"},
	{"Sorani is not Arabic", "ckb", "en"},
	{"Uyghur is not Arabic", "ug", "en"},
	{"Malay is not Indonesian", "ms", "en"},
	{"Danish is not Norwegian", "da", "en"},
	{"English in Arabic letters is not Arabic", "en-Arab", "en"},
	{"Malay in Arabic letters is not Arabic", "ms-Arab", "en"},

	// Lists.
	{"Chrome's list", "de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"},
	{"Firefox's list", "fr,fr-FR;q=0.8,en-US;q=0.5,en;q=0.3", "fr"},
	{"blanks around items", " de ; q=0.5 ,\tfr ; q=0.9 ", "fr"},
	{"the greatest weight wins, wherever it stands", "de;q=0.2, fr;q=0.9, es;q=0.5", "fr"},
	{"no weight is the greatest", "de;q=0.9, fr", "fr"},
	{"equal weights: the first wins", "es, fr, de", "es"},
	{"three digits", "de;q=0.998, fr;q=0.999", "fr"},
	{"a capital Q", "de;Q=0.1, fr;Q=0.9", "fr"},
	{"the first language is unknown, the second is not", "ca, es;q=0.8", "es"},
	{"a relative of the first beats the second", "nn, en;q=0.9", "nb"},
	{"a dialect of the first beats the second", "gsw, en", "de"},
	{"Kazakh readers who do read Russian say so", "kk, ru;q=0.5", "ru"},
	{"q=0 refuses", "de;q=0, fr;q=0.1", "fr"},
	{"q=0.000 refuses", "de;q=0.000, fr;q=0.1", "fr"},
	{"only refusals", "de;q=0, en;q=0", "en"},
	{"anything at all", "*", "en"},
	{"anything is no reason to pass over a real wish", "*, de;q=0.5", "de"},
	{"a wish and anything", "de, *;q=0.5", "de"},

	// Junk is passed over, the rest counts.
	{"empty", "", "en"},
	{"a blank", " ", "en"},
	{"commas only", ",,,,", "en"},
	{"empty items", ",, de ,,", "de"},
	{"an unknown subtag first", "xx, de;q=0.1", "de"},
	{"garbage first", "!!!, de", "de"},
	{"garbage last", "de, @#%", "de"},
	{"a POSIX locale", "de_DE.UTF-8, fr;q=0.1", "fr"},
	{"a POSIX modifier", "de-DE@euro, fr;q=0.1", "fr"},
	{"the POSIX locale C", "C, de;q=0.1", "de"},
	{"a weight that is no number", "de;q=abc, fr;q=0.1", "fr"},
	{"a weight above one", "de;q=1.5, fr;q=0.1", "fr"},
	{"a negative weight", "de;q=-1, fr;q=0.1", "fr"},
	{"a weight that is not a number, literally", "de;q=NaN, fr;q=0.1", "fr"},
	{"an empty weight", "de;q=, fr;q=0.1", "fr"},
	{"a parameter that is no weight", "de;level=1, fr;q=0.1", "fr"},
	{"no language", "und", "en"},
	{"many languages", "mul", "en"},
	{"a private language", "x-klingon", "en"},
	{"a language of fiction", "i-klingon", "en"},
	{"invalid UTF-8", "\xff\xfe, de", "de"},
	{"a NUL in an item", "d\x00e, fr", "fr"},
	{"a line break in an item", "de\r\nX-Evil: 1, fr", "fr"},
	{"HTML", "<script>alert(1)</script>, de", "de"},
	{"a tag far too long", strings.Repeat("a-", 100) + "b, de", "de"},

	// Bounds: 256 bytes and 8 items.
	{"the eighth item is read", "ca,eu,gl,br,ku,az,kk,de", "de"},
	{"the ninth is not", "ca,eu,gl,br,ku,az,kk,be,de", "en"},
	{"ten thousand items", "de" + strings.Repeat(",fr;q=0.9", 10_000), "de"},
	{"ten thousand unknown items", strings.Repeat("xx,", 10_000) + "de", "en"},
	{"one megabyte without a comma", strings.Repeat("a", 1<<20), "en"},
	{"one megabyte of hyphens", strings.Repeat("-", 1<<20), "en"},
	{"one megabyte of commas", strings.Repeat(",", 1<<20), "en"},
	{"one megabyte after a good item", "de," + strings.Repeat("a", 1<<20), "de"},
	{"an item cut by the bound is not read in part", strings.Repeat(" ", 252) + "fr,de-AT", "fr"},
	{"an item that ends at the bound is read", strings.Repeat(" ", 254) + "de,fr", "de"},
	{"an item that the bound cuts", strings.Repeat(" ", 255) + "de,fr", "en"},
}

func TestMatch(t *testing.T) {
	c := catalogue(t, offered...)
	for _, tt := range matches {
		t.Run(tt.name, func(t *testing.T) {
			for _, memory := range []string{"first time", "from memory"} {
				if got := c.Match(tt.header).Tag; got != tt.want {
					t.Errorf("%s: Match(%.80q) = %s, want %s", memory, tt.header, got, tt.want)
				}
			}
		})
	}
}

func TestMatchDependsOnTheOffer(t *testing.T) {
	for _, tt := range []struct {
		name, header, want string
		offer              []string // the first is the fallback
	}{
		{"the fallback need not be English", "xx", "fr", []string{"fr", "en", "de"}},
		{"the fallback can be asked for", "fr", "fr", []string{"fr", "en"}},
		{"one language only", "de", "tr", []string{"tr"}},
		{"Nynorsk where it is offered", "nn", "nn", []string{"en", "nb", "nn"}},
		{"Bokmål readers read Nynorsk", "nb", "nn", []string{"en", "nn"}},
		{"Norwegian filed under its general code", "nb-NO", "no", []string{"en", "no"}},
		{"the script asked for, where both are offered", "sr-Latn", "sr-Latn", []string{"en", "sr", "sr-Latn"}},
		{"Montenegro writes Latin, where both are offered", "sr-ME", "sr-Latn", []string{"en", "sr", "sr-Latn"}},
		{"Serbian alone is Cyrillic, where both are offered", "sr", "sr", []string{"en", "sr", "sr-Latn"}},
		{"Serbo-Croatian, Latin as it was", "sh", "sr-Latn", []string{"en", "sr", "sr-Latn"}},
		{"the other Portuguese is better than none", "pt-PT", "pt-BR", []string{"en", "pt-BR"}},
		{"general Portuguese serves both", "pt-BR", "pt", []string{"en", "pt"}},
		{"the other Chinese script is better than none", "zh-TW", "zh-Hans", []string{"en", "zh-Hans"}},
		{"Hong Kong where it is offered", "zh-HK", "zh-Hant-HK", []string{"en", "zh-Hans", "zh-Hant", "zh-Hant-HK"}},
		{"a regional file where it is offered", "de-AT", "de-AT", []string{"en", "de", "de-AT"}},
		{"Catalan where it is offered", "ca, es", "ca", []string{"en", "ca", "es"}},
		{"Moldovan is Romanian", "mo", "ro", []string{"en", "ro"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := catalogue(t, tt.offer...).Match(tt.header).Tag; got != tt.want {
				t.Errorf("Match(%q) = %s, want %s of %v", tt.header, got, tt.want, tt.offer)
			}
		})
	}
}

func TestMatchTag(t *testing.T) {
	c := catalogue(t, offered...)
	for _, tt := range []struct{ name, tag, want string }{
		{"an offered tag", "zh-Hant", "zh-Hant"},
		{"a region", "pt-AO", "pt-PT"},
		{"an old code", "iw", "he"},
		{"a refused neighbour", "kk", ""},
		{"a list is no tag", "de, fr", ""},
		{"a weight is no tag", "de;q=1", ""},
		{"empty", "", ""},
		{"anything", "*", ""},
		{"no language", "und", ""},
		{"HTML", "<b>de</b>", ""},
		{"far too long", strings.Repeat("de-", 100_000), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if l := c.MatchTag(tt.tag); l != nil {
				got = l.Tag
			}
			if got != tt.want {
				t.Errorf("MatchTag(%.80q) = %q, want %q", tt.tag, got, tt.want)
			}
		})
	}
}

// The size of a header must not matter beyond the bound. Allocations stand for the work:
// unlike time they are the same on every machine.
func TestMatchWorkIsBounded(t *testing.T) {
	c := catalogue(t, offered...)
	for name, junk := range map[string]string{
		"junk items":        strings.Repeat("!!!,", 1<<18),
		"unknown languages": strings.Repeat("xx,", 1<<18),
		"long tags":         strings.Repeat("a-bcdefgh-"+strings.Repeat("i-", 20)+",", 1<<14),
		"one item":          strings.Repeat("en-", 1<<18),
		"refusals":          strings.Repeat("de;q=0,", 1<<17),
		"bad weights":       strings.Repeat("de;q=9999999999,", 1<<16),
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			allocs := testing.AllocsPerRun(100, func() {
				n++
				c.Match(fmt.Sprintf("%d,%s", n, junk[:1<<10])) // never seen before
			})
			if allocs > 60 {
				t.Errorf("%v allocations for a header of junk, want at most 60", allocs)
			}
			if allocs := testing.AllocsPerRun(10, func() { c.Match(junk) }); allocs > 0 {
				t.Errorf("%v allocations for one megabyte seen before, want none", allocs)
			}
		})
	}
}

// Hostile clients may send ever new headers; what was remembered is then forgotten, and
// answers stay right.
func TestMatchManyHeaders(t *testing.T) {
	c := catalogue(t, offered...)
	for i := range 5_000 {
		if header := fmt.Sprintf("xx-%d, de", i); c.Match(header).Tag != "de" {
			t.Fatalf("Match(%q) = %s, want de", header, c.Match(header).Tag)
		}
	}
}

func TestMatchConcurrently(t *testing.T) {
	c := catalogue(t, offered...)
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for _, tt := range matches {
				if got := c.Match(tt.header).Tag; got != tt.want {
					t.Errorf("Match(%.80q) = %s, want %s", tt.header, got, tt.want)
				}
			}
		})
	}
}

func FuzzMatch(f *testing.F) {
	for _, tt := range matches {
		if len(tt.header) < 1<<10 {
			f.Add(tt.header)
		}
	}
	c := catalogue(f, offered...)
	languages := map[*i18n.Language]bool{}
	for _, l := range c.Languages() {
		languages[l] = true
	}
	f.Fuzz(func(t *testing.T, header string) {
		l := c.Match(header)
		if !languages[l] {
			t.Fatalf("Match(%q) = %v, which is not offered", header, l)
		}
		if again := c.Match(header); again != l {
			t.Errorf("Match(%q) = %s, then %s", header, l.Tag, again.Tag)
		}
		if l := c.MatchTag(header); l != nil && !languages[l] {
			t.Errorf("MatchTag(%q) = %v, which is not offered", header, l)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	const chrome = "de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7"
	b.Run("seen before", func(b *testing.B) {
		c := catalogue(b, offered...)
		b.ReportAllocs()
		for b.Loop() {
			c.Match(chrome)
		}
	})
	b.Run("one tag", func(b *testing.B) { // MatchTag remembers nothing
		c := catalogue(b, offered...)
		b.ReportAllocs()
		for b.Loop() {
			c.MatchTag("de-AT")
		}
	})
	b.Run("one megabyte", func(b *testing.B) {
		c := catalogue(b, offered...)
		header := strings.Repeat("xx,", 1<<20/3)
		b.ReportAllocs()
		for b.Loop() {
			c.Match(header)
		}
	})
}

func TestWanted(t *testing.T) {
	c := catalogue(t, "en", "de", "fr", "pt-BR")
	for _, tt := range []struct {
		name, field string
		want        []string
	}{
		{"each that fits, in its order", "fr-CH, de;q=0.9, nl;q=0.8, en;q=0.5", []string{"fr", "de", "en"}},
		{"two of one language once", "en-GB, en;q=0.9", []string{"en"}},
		{"none", "nl", nil},
		{"no field", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, l := range c.Wanted(tt.field) {
				got = append(got, l.Tag)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Wanted(%q) = %q, want %q", tt.field, got, tt.want)
			}
		})
	}
}
