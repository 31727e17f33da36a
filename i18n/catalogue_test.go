package i18n_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// files makes a file system of pairs: name, content.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func TestNewIsStrict(t *testing.T) {
	for _, tt := range []struct {
		name, file, content string
		want                string // part of the error; empty: no error
	}{
		{"a plain text", "en.json", `{"station.you": "You"}`, ""},
		{"a text with a note", "en.json", `{"station.you": {"description": "the reader", "other": "You"}}`, ""},
		{"a placeholder that English has", "en.json", `{"headline.unreachable": "{{.Site}} is gone"}`, ""},
		{"a placeholder left out", "en.json", `{"headline.unreachable": "The site is gone"}`, ""},
		{"nothing to replace", "en.json", `{}`, ""},

		{"an unknown id", "en.json", `{"station.moon": "Moon"}`, "en.json: station.moon: no such message"},
		{"an unknown placeholder", "en.json", `{"station.you": "You, {{.Name}}"}`, "en.json: station.you: placeholder {{.Name}} has no value here"},
		{"a placeholder of another message", "en.json", `{"headline.unreachable": "{{.Reference}}"}`, "{{.Reference}} has no value here"},
		{"an opening brace too many", "en.json", `{"station.you": "{You"}`, "en.json: station.you: text \"{You\": braces"},
		{"a closing brace too many", "en.json", `{"headline.unreachable": "{{.Site}}}"}`, "braces"},
		{"a placeholder not closed", "en.json", `{"headline.unreachable": "{{.Site} is gone"}`, "braces"},
		{"a placeholder without its dot", "en.json", `{"headline.unreachable": "{{Site}} is gone"}`, "braces"},
		{"a placeholder with blanks", "en.json", `{"headline.unreachable": "{{ .Site }} is gone"}`, "braces"},
		{"a placeholder in small letters", "en.json", `{"headline.unreachable": "{{.site}} is gone"}`, "braces"},
		{"a placeholder without a name", "en.json", `{"headline.unreachable": "{{.}} is gone"}`, "braces"},
		{"a template action", "en.json", `{"station.you": "{{if true}}You{{end}}"}`, "braces"},
		{"HTML", "en.json", `{"station.you": "<b>You</b>"}`, "angle brackets"},
		{"an escape sequence", "en.json", `{"lead.refused": "gone\u001b[2J"}`, `en.json: lead.refused: text "gone\x1b[2J": the character U+001B`},
		{"the end of a terminal's title", "en.json", `{"lead.refused": "gone\u0007"}`, "en.json: lead.refused: text \"gone\\a\": the character U+0007"},
		{"a NUL", "en.json", `{"lead.refused": "gone\u0000"}`, "the character U+0000"},
		{"an escape of one character", "en.json", "{\"lead.refused\": \"gone\u009b2J\"}", "the character U+009B"},
		{"a line of its own", "en.json", `{"lead.refused": "gone\nRetry-After: 1"}`, "the character U+000A"},
		{"a line separator", "en.json", "{\"lead.refused\": \"gone\u2028\"}", "the character U+2028"},
		{"a direction override", "en.json", "{\"lead.refused\": \"\u202egone\"}", "en.json: lead.refused: text \"\\u202egone\": the character U+202E"},
		{"an embedding", "de.json", `{"lead.refused": "\u202aweg"}`, "de.json: lead.refused: text \"\\u202aweg\": the character U+202A"},
		{"an isolate that nobody ends", "ar.json", `{"lead.refused": "\u2067gone"}`, "the character U+2067"},
		{"the end of an isolate of ours", "ar.json", `{"headline.site": "{{.Site}}\u2069"}`, "the character U+2069"},
		{"letters that nobody sees", "en.json", "{\"lead.refused\": \"gone\U000e0049\U000e0067\"}", "the character U+E0049"},
		{"a byte order mark in a text", "en.json", `{"lead.refused": "\ufeffgone"}`, "the character U+FEFF"},
		{"a command in a text with a note", "en.json", `{"lead.refused": {"description": "the lead", "other": "gone\u001b[2J"}}`, "en.json: lead.refused: text"},
		{"a command in the name of a language", "tlh.json", `{"language.name": "tlh\u001b[2J"}`, "tlh.json: language.name: text"},
		{"a command in an id", "en.json", `{"lead\u001b[2J": "gone"}`, `en.json: "lead\x1b[2J": the character U+001B`},
		{"a command in a note, which nobody is shown", "en.json", `{"lead.refused": {"description": "\u001b[2J", "other": "gone"}}`, ""},
		{"joiners, marks and places for a break", "fa.json", `{"lead.refused": "می\u200cشود \u200e\u200f\u061c a\u200db\u200b\u00ad\u2060"}`, ""},

		{"an empty text", "en.json", `{"station.you": ""}`, "station.you: text is empty"},
		{"a text of blanks", "en.json", `{"station.you": "  "}`, "station.you: text is empty"},
		{"a note without a text", "en.json", `{"station.you": {"description": "the reader"}}`, `station.you: "other" is missing`},
		{"null for a text", "en.json", `{"station.you": null}`, `station.you: "other" is missing`},
		{"a number for a text", "en.json", `{"station.you": 1}`, "station.you: want a text, or an object"},
		{"a list for a text", "en.json", `{"station.you": ["You"]}`, "station.you: want a text, or an object"},
		{"a text as go-i18n writes it", "en.json", `{"station.you": {"other": "You"}}`, ""},
		{"a plural form beside the text", "en.json", `{"station.you": {"one": "Thou", "other": "You"}}`, `station.you: "one" is not read: a message has one text, "other", and no plural forms`},
		{"a plural form alone", "en.json", `{"station.you": {"few": "You"}}`, `station.you: "few" is not read`},
		{"a member that no format has", "en.json", `{"station.you": {"dozens": "They", "other": "You"}}`, `station.you: "dozens" is not read`},
		{"an id that is there twice", "en.json", `{"station.you": "You", "station.you": "Thou"}`, "station.you: is there twice"},

		{"no JSON", "en.json", `station.you: You`, "en.json: not a JSON object: line 1"},
		{"an empty file", "en.json", ``, "en.json: not a JSON object"},
		{"a list", "en.json", `["You"]`, "en.json: not a JSON object"},
		{"a text", "en.json", `"You"`, "en.json: not a JSON object"},
		{"null", "en.json", `null`, "en.json: not a JSON object"},
		{"a comma too many", "en.json", "{\n\"station.you\": \"You\",\n}", "en.json: not a JSON object: line 3"},
		{"a comma too few", "en.json", "{\n\"station.you\": \"You\"\n\"station.network\": \"Network\"}", "en.json: not a JSON object: line 3"},
		{"a line break in a text", "en.json", "{\"station.you\": \"Y\nou\"}", "en.json: not a JSON object: line"},
		{"a file that breaks off", "en.json", `{"station.you": "You"`, "en.json: not a JSON object"},
		{"something after the object", "en.json", `{"station.you": "You"} {}`, "en.json: not a JSON object: line 1: something follows"},
		{"a byte order mark", "en.json", "\ufeff{}", "en.json: not a JSON object"},

		{"a name that is no language", "german.json", `{}`, "german.json: the name is not a BCP 47 language tag"},
		{"a name with an unknown language", "xx.json", `{}`, "xx.json: the name is not a BCP 47 language tag"},
		{"a name with an underscore", "pt_BR.json", `{}`, "pt_BR.json: the name of this language is written pt-BR"},
		{"a name in small letters", "pt-br.json", `{}`, "pt-br.json: the name of this language is written pt-BR"},
		{"a renamed language", "iw.json", `{}`, "iw.json: the name of this language is written he"},
		{"a name for no language", "und.json", `{}`, "und.json: the name says no language"},
		{"only files of another kind", "README.md", `# Hello`, "no *.json file found"},
		{"only files in a folder", "locales/de.json", `{}`, "no *.json file found"},

		{"a new language without its name", "tlh.json", `{"station.you": "SoH"}`, "tlh.json: language.name: missing"},
		{"a region without its name", "en-GB.json", `{"station.you": "You"}`, "en-GB.json: language.name: missing"},
		{"a broken new language is named for what is broken", "tlh.json", `{`, "tlh.json: not a JSON object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := i18n.New(i18n.Config{Translations: files(tt.file, tt.content)})
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("New: %v, want no error", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("New: %v, want an error with %q", err, tt.want)
			case err != nil && strings.Count(err.Error(), "\n") > 0:
				t.Errorf("New: %v, want one line for one fault", err)
			}
		})
	}
}

func TestNewReportsAllFaultsAtOnce(t *testing.T) {
	_, err := i18n.New(i18n.Config{
		Languages: []string{"en", "vulcan", "romulan"},
		Translations: files(
			"en.json", `{"station.moon": "Moon", "station.you": "<b>You</b>", "station.network": "{", "headline.unreachable": "{{.Nobody}}{{.Nothing}}"}`,
			"fr.json", `{`,
			"german.json", `{}`,
		),
	})
	if err == nil {
		t.Fatal("New: no error")
	}
	got := err.Error()
	for _, fault := range []string{
		`i18n: en.json: station.you: text "<b>You</b>"`,
		`i18n: en.json: station.network: text "{"`,
		"i18n: en.json: station.moon: no such message",
		"i18n: en.json: headline.unreachable: placeholder {{.Nobody}} has no value here",
		"i18n: en.json: headline.unreachable: placeholder {{.Nothing}} has no value here",
		"i18n: fr.json: not a JSON object: line 1: ",
		"i18n: german.json: the name is not a BCP 47 language tag: ",
		`i18n: language "vulcan": no such language; there are `,
		`i18n: language "romulan": no such language; there are `,
	} {
		if n := strings.Count(got, fault); n != 1 {
			t.Errorf("%d times %q in:\n%s", n, fault, got)
		}
	}
	for line := range strings.SplitSeq(got, "\n") {
		if !strings.HasPrefix(line, "i18n: ") {
			t.Errorf("line %q does not say where the fault is", line)
		}
	}
}

func TestNewReportsFilesItCannotRead(t *testing.T) {
	t.Run("a folder with the name of a file", func(t *testing.T) {
		_, err := i18n.New(i18n.Config{Translations: fstest.MapFS{"de.json": {Mode: fs.ModeDir}}})
		if err == nil || !strings.Contains(err.Error(), "de.json") {
			t.Errorf("New: %v, want an error about de.json", err)
		}
	})
	t.Run("a folder that is not there", func(t *testing.T) {
		if _, err := i18n.New(i18n.Config{Translations: os.DirFS(t.TempDir() + "/missing")}); err == nil {
			t.Error("New: no error")
		}
	})
	t.Run("a cause can be found", func(t *testing.T) {
		_, err := i18n.New(i18n.Config{Translations: unreadable{files("de.json", `{}`)}})
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("New: %v, want fs.ErrPermission in it", err)
		}
	})
}

func TestAFaultIsToldOnce(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		config        i18n.Config
		want          string
	}{
		{"an empty name", `{"language.name": ""}`, i18n.Config{}, "language.name: text is empty"},
		{"a name that is there twice", `{"language.name": "isiXhosa", "language.name": "Xhosa"}`, i18n.Config{}, "language.name: is there twice"},
		{"no object, for a language that is offered", `[1]`, i18n.Config{Languages: []string{"en", "xh"}}, "not a JSON object"},
		{"no object, for the default language", `{`, i18n.Config{Default: "xh"}, "not a JSON object"},
		{"a plural form with an unknown placeholder", `{"language.name": {"one": "{{.Foo}}", "other": "isiXhosa"}}`, i18n.Config{}, `language.name: "one" is not read`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.config.Translations = files("xh.json", tt.content)
			if _, err := i18n.New(tt.config); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("New: %v, want one error, with %q", err, tt.want)
			}
		})
	}
}

// unreadable lists its files but opens none.
type unreadable struct{ fstest.MapFS }

func (u unreadable) ReadFile(name string) ([]byte, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestOffer(t *testing.T) {
	names := files(
		"de.json", `{"language.name": "Deutsch"}`, "fr.json", `{"language.name": "Français"}`,
		"tlh.json", `{"language.name": "tlhIngan Hol"}`,
	)
	for _, tt := range []struct {
		name      string
		languages []string
		fallback  string
		want      string // tags, or the start of an error
	}{
		{"a list, English first", []string{"en", "de", "fr"}, "", "en de fr"},
		{"English is the fallback, wherever it stands", []string{"de", "en", "fr"}, "", "en de fr"},
		{"without English the first is the fallback", []string{"fr", "de"}, "", "fr de"},
		{"a chosen fallback comes first", []string{"en", "de", "fr"}, "fr", "fr en de"},
		{"a language listed twice is offered once", []string{"de", "fr", "de"}, "", "de fr"},
		{"a language of the operator's own", []string{"tlh"}, "", "tlh"},
		{"an unknown language", []string{"en", "zz"}, "", `i18n: language "zz": no such language; there are`},
		{"a fallback that is not offered", []string{"en", "de"}, "fr", `i18n: default language "fr": not among en, de`},
		{"an unknown fallback", nil, "zz", `i18n: default language "zz": not among`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := i18n.New(i18n.Config{Languages: tt.languages, Default: tt.fallback, Translations: names})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				for _, l := range c.Languages() {
					got += " " + l.Tag
				}
			}
			if got = strings.TrimSpace(got); got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	t.Run("the zero value offers all, English first, then by tag", func(t *testing.T) {
		c := must(t, i18n.Config{Translations: names})
		var tags []string
		for _, l := range c.Languages() {
			tags = append(tags, l.Tag)
		}
		if tags[0] != "en" || !slices.IsSorted(tags[1:]) || !slices.Contains(tags, "tlh") {
			t.Errorf("Languages: %v", tags)
		}
	})
	t.Run("changing the list does not change the catalogue", func(t *testing.T) {
		c := must(t, i18n.Config{Translations: names})
		c.Languages()[0] = nil
		if c.Languages()[0] == nil {
			t.Error("Languages returned the catalogue's own slice")
		}
	})
}

// The operator's text goes before ours, message by message. The language art, for made
// ones, is never shipped.
func TestPartialOverride(t *testing.T) {
	ours := must(t, i18n.Config{}).Lookup("en")
	c := must(t, i18n.Config{Translations: files(
		"en.json", `{"station.gateway": "Reception"}`,
		"art.json", `{"language.name": "Made", "state.working": "made", "state.busy": "made"}`,
		"art-BR.json", `{"language.name": "Made (Brazil)", "state.busy": "made in Brazil"}`,
	)})
	for _, tt := range []struct{ name, tag, id, want string }{
		{"the operator's English replaces ours", "en", "station.gateway", "Reception"},
		{"what the operator did not touch stays ours", "en", "station.you", ours.Text("station.you")},
		{"what the language has", "art-BR", "state.busy", "made in Brazil"},
		{"what its parent has", "art-BR", "state.working", "made"},
		{"what only English has", "art-BR", "state.silent", ours.Text("state.silent")},
		{"what only the operator's English has", "art-BR", "station.gateway", "Reception"},
		{"a parent is not changed by its child", "art", "state.busy", "made"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Lookup(tt.tag).Text(tt.id); got != tt.want {
				t.Errorf("%s: Text(%q) = %q, want %q", tt.tag, tt.id, got, tt.want)
			}
		})
	}
	t.Run("another catalogue is not touched", func(t *testing.T) {
		if got, want := must(t, i18n.Config{}).Lookup("en").Text("station.gateway"), ours.Text("station.gateway"); got != want || got == "Reception" {
			t.Errorf("Text = %q, want %q", got, want)
		}
	})
}

func TestANewLanguage(t *testing.T) {
	c := must(t, i18n.Config{Translations: files("tlh.json", `{"language.name": "tlhIngan Hol", "station.you": "SoH"}`)})
	l := c.Match("tlh, en;q=0.5")
	if l.Tag != "tlh" || l.Name != "tlhIngan Hol" || l.Dir != "ltr" {
		t.Errorf("Match: %s %q %s", l.Tag, l.Name, l.Dir)
	}
	if got := l.Text("station.you"); got != "SoH" {
		t.Errorf("Text = %q, want SoH", got)
	}
}

func TestLookup(t *testing.T) {
	c := catalogue(t, offered...)
	for _, tt := range []struct{ name, tag, want string }{
		{"the exact tag", "pt-BR", "pt-BR"},
		{"capitals do not matter", "PT-br", "pt-BR"},
		{"a relative is not it", "pt", ""},
		{"an unknown tag", "xx", ""},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if l := c.Lookup(tt.tag); l != nil {
				got = l.Tag
			}
			if got != tt.want {
				t.Errorf("Lookup(%q) = %q, want %q", tt.tag, got, tt.want)
			}
		})
	}
}

func TestDirection(t *testing.T) {
	for dir, tags := range map[string][]string{
		"rtl": {"ar", "arz", "azb", "ckb", "dv", "fa", "he", "ks", "ku-Arab", "ms-Arab", "nqo", "pa-Arab", "prs", "ps", "sd", "ug", "ur", "yi", "aii"},
		"ltr": {"en", "az", "de", "ja", "ku", "ms", "pa", "ru", "tr", "uz", "zh-Hans", "zh-Hant", "ar-Latn", "prs-Latn"},
	} {
		c := catalogue(t, tags...)
		for _, tag := range tags {
			t.Run(tag, func(t *testing.T) {
				if got := c.Lookup(tag).Dir; got != dir {
					t.Errorf("Dir = %s, want %s", got, dir)
				}
			})
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		must(b, i18n.Config{})
	}
}

// FuzzNew feeds an operator's file: it is refused with a reason, or each of its texts
// can be shown.
func FuzzNew(f *testing.F) {
	for _, s := range []string{
		`{}`, `{`, `null`, `[]`, `{"station.you": "Sie"}`, `{"station.you": {"other": "Sie", "description": ""}}`,
		`{"headline.site": "{{.Site}}{{.Site}}"}`, `{"headline.site": "{{.Site}"}`, `{"headline.site": "{{{.Site}}}"}`,
		`{"station.you": "a", "station.you": "b"}`, `{"station.you": "\ud800"}`, "{\"station.you\": \"\xff\"}",
		`{"station.you": "<"}`, `{"x": 1}`, `{} {}`, `{"a": "b"]`, `{"a": "b",}`, `{1: 2}`, `{"a" "b"}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		c, err := i18n.New(i18n.Config{Translations: files("en.json", content)})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "i18n: en.json: ") {
				t.Errorf("New: %v, want the place of the fault first", err)
			}
			return
		}
		for _, id := range []string{"station.you", "headline.site"} {
			got := c.Lookup("en").Text(id, "Site", "S")
			if strings.TrimSpace(got) == "" || strings.ContainsAny(got, "{}<>") {
				t.Errorf("%s: Text = %q", id, got)
			}
		}
	})
}

func must(tb testing.TB, c i18n.Config) *i18n.Catalogue {
	tb.Helper()
	catalogue, err := i18n.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return catalogue
}

// TestWith: the words of one site lie over those of all, which stay as they are.
func TestWith(t *testing.T) {
	usual := must(t, i18n.Config{Languages: []string{"en", "de"}, Translations: files("de.json", `{"action.retry": "Noch einmal", "station.you": "Du"}`)})
	own, err := usual.With(files("de.json", `{"action.retry": "Nochmal im Laden"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		in      *i18n.Catalogue
		id, txt string
	}{
		{"the site's own", own, "action.retry", "Nochmal im Laden"},
		{"what it has in common with others", own, "station.you", "Du"},
		{"the others", usual, "action.retry", "Noch einmal"},
	} {
		if got := tt.in.Lookup("de").Text(tt.id); got != tt.txt {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.txt)
		}
	}
	if n := len(own.Languages()); n != 2 {
		t.Errorf("%d languages, want the 2 that are offered", n)
	}
	if _, err := usual.With(files("de.json", `{"no.such.id": "x"}`)); err == nil || !strings.Contains(err.Error(), "no.such.id: no such message") {
		t.Errorf("error %v", err)
	}
}
