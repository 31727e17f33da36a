package pages

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

var hostile = []struct{ name, value string }{
	{"a script", "<script>alert(1)</script>"},
	{"quotes and brackets", `"'><img src=x onerror=alert(1)>`},
	{"backquotes", "`onmouseover=alert(1)"},
	{"ends of elements", "</bdi></h1></title></style><h1>"},
	{"a comment", "<!-- --><![CDATA["},
	{"entities", "&lt;script&gt;&#60;b&#62;&amp"},
	{"a script as an address", "javascript:alert(1)"},
	{"line breaks", "a\r\nSet-Cookie: b\r\n\r\n<b>"},
	{"a NUL", "a\x00<b>"},
	{"an escape sequence", "a\x1b[2Jb"},
	{"a bell and a backspace", "a\a\b\x7f\u009bb"},
	{"a right-to-left override", "a\u202egpj.exe"},
	{"isolates that do not match", "\u2067a\u2069\u2069b\u2066"},
	{"the end of an isolate of ours", "a\u2069b"},
	{"the end of two isolates of ours", "a\u2069\u2069b"},
	{"line and paragraph separators", "a\u2028b\u2029c"},
	{"no UTF-8", "a\xff\xc3\x28b"},
	{"a placeholder", "{{.Site}} %s %!d(string=x)"},
	{"a kilobyte", strings.Repeat("<i>&", 1<<8)},
}

// fields are all places for a value. Ours are made by the gateway itself.
var fields = []struct {
	name string
	ours bool
	set  func(b *Brand, v *View, value string)
}{
	{"Brand.Site", false, func(b *Brand, _ *View, value string) { b.Site = value }},
	{"Contact.Email", false, func(b *Brand, _ *View, value string) { b.Contact.Email = value }},
	{"Contact.Phone", false, func(b *Brand, _ *View, value string) { b.Contact.Phone = value }},
	{"Contact.Hours", false, func(b *Brand, _ *View, value string) { b.Contact.Hours = value }},
	{"Contact.StatusPage", false, func(b *Brand, _ *View, value string) { b.Contact.StatusPage = "https://example.net/" + value }},
	{"Accent", false, func(b *Brand, _ *View, value string) { b.Accent = value }},
	{"Voice", false, func(b *Brand, _ *View, value string) { b.Voice = Voice(value) }},
	{"View.Host", false, func(_ *Brand, v *View, value string) { v.Host = value }},
	{"View.Host, with no brand", false, func(b *Brand, v *View, value string) { *b, v.Host = Brand{}, value }},
	{"View.Path", false, func(_ *Brand, v *View, value string) { v.Path = value }},
	{"View.Reference", false, func(_ *Brand, v *View, value string) { v.Reference = value }},
	{"View.Method", false, func(_ *Brand, v *View, value string) { v.Method = value }},
	{"View.Type", true, func(_ *Brand, v *View, value string) { v.Type = value }},
	{"a link of the switcher", true, func(_ *Brand, v *View, value string) {
		v.Type, v.switcher = value, offering("en", "de")
	}},
}

// TestHostileValues: a value can only ever be a text.
func TestHostileValues(t *testing.T) {
	for _, f := range fields {
		t.Run(f.name, func(t *testing.T) {
			brand, view := shop, seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "POST")
			f.set(&brand, &view, "harmless")
			if _, err := brand.validate(); err != nil {
				brand = shop
			}
			harmless := tree(t, html(t, brand, view)).shape()
			for _, h := range hostile {
				site, view, ok := withValue(f.set, h.value)
				if !ok {
					continue // refused at the start
				}
				page, err := site.HTML(t.Context(), view)
				if err != nil {
					t.Errorf("%s: %v", h.name, err)
					continue
				}
				root, err := parse(string(page))
				if err != nil {
					t.Errorf("%s: not well-formed: %v", h.name, err)
					continue
				}
				if root.shape() != harmless {
					t.Errorf("%s changes the elements of the page", h.name)
				}
				if fault := linkFault(root); fault != "" {
					t.Errorf("%s: the page links to %.60s", h.name, fault)
				}
				problemText(t, site, view)
			}
		})
	}
}

// TestValuesKeepTheirPlace: no value hides or turns the text around it, or commands the
// terminal that shows it.
func TestValuesKeepTheirPlace(t *testing.T) {
	for _, f := range fields {
		if f.ours {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			for _, h := range hostile {
				site, view, ok := withValue(f.set, h.value)
				if !ok {
					continue
				}
				var faults []string
				for _, tag := range []string{"en", "ar"} {
					view.Language = lang(t, tag)
					page, err := site.HTML(t.Context(), view)
					if err != nil {
						t.Fatal(err)
					}
					for form, body := range map[string]string{"page": string(page), "text": string(site.Text(view)), "problem": problemText(t, site, view)} {
						if fault := controlFault(body); fault != nil {
							faults = append(faults, fmt.Sprintf("the %s in %s has %v", form, tag, fault))
						}
					}
				}
				if faults != nil {
					slices.Sort(faults)
					t.Errorf("%s: %s", h.name, strings.Join(faults, ", "))
				}
			}
		})
	}
}

// TestValuesAreBounded: a visitor who sends a megabyte for a name gets no page of ten.
func TestValuesAreBounded(t *testing.T) {
	const bound = 64 << 10
	for _, f := range fields {
		if f.ours {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			for name, value := range map[string]string{"digits": strings.Repeat("0", 1<<20), "brackets": strings.Repeat("<", 1<<20)} {
				site, view, ok := withValue(f.set, value)
				if !ok {
					continue
				}
				page, err := site.HTML(t.Context(), view)
				if err != nil {
					t.Fatal(err)
				}
				if p, x, j := len(page), len(site.Text(view)), len(site.Problem(view)); max(p, x, j) > bound {
					t.Errorf("a megabyte of %s: the page has %d bytes, the text %d, the problem %d; want at most %d", name, p, x, j, bound)
				}
			}
		})
	}
}

// withValue puts a value into its place. It is not ok when a brand with it is refused.
func withValue(set func(*Brand, *View, string), value string) (*Site, View, bool) {
	brand, view := shop, seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "POST")
	set(&brand, &view, value)
	site, err := Compile(brand)
	return site, view, err == nil
}

// linkFault finds an address that a browser would run.
func linkFault(root *node) (fault string) {
	root.walk(func(n *node) {
		for _, name := range []string{"href", "src", "action"} {
			scheme, _, found := strings.Cut(strings.ToLower(strings.TrimSpace(n.attrs[name])), ":")
			if found && n.attrs[name] != "data:," && scheme != "https" && scheme != "http" && scheme != "mailto" && scheme != "tel" && scheme != "about" && !strings.ContainsAny(scheme, "/?#") {
				fault = n.attrs[name]
			}
		}
	})
	return fault
}

// controlFault finds characters that hide text, turn it around, or command a terminal.
// The marks U+200E, U+200F and U+061C stay: they are part of some spellings, and harmless.
// So are isolates that match, U+2068 and U+2069: pages has its own around values.
func controlFault(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("bytes that are not UTF-8")
	}
	open := 0
	for _, r := range text {
		switch {
		case r != '\n' && r != '\t' && unicode.Is(unicode.Cc, r):
			return fmt.Errorf("the control character %U", r)
		case r == 0x2068:
			open++
		case r == 0x2069 && open > 0:
			open--
		case r == '\n' && open > 0:
			return errors.New("an isolate that is not closed")
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return fmt.Errorf("the direction control %U", r)
		case r == 0x2028 || r == 0x2029:
			return fmt.Errorf("the separator %U", r)
		}
	}
	return nil
}

// problemText returns the strings of the problem as a program sees them.
func problemText(t testing.TB, site *Site, v View) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(site.Problem(v), &members); err != nil {
		t.Fatalf("the problem is no JSON: %v", err)
	}
	var b strings.Builder
	for _, value := range members {
		fmt.Fprintln(&b, value)
	}
	return b.String()
}

// TestTextHasNoForgedLines: a value cannot begin a line of its own.
func TestTextHasNoForgedLines(t *testing.T) {
	for _, f := range fields {
		site, view, ok := withValue(f.set, "a\nReference: FAKE-FAKE")
		if ok && strings.Contains(string(site.Text(view)), "\nReference: FAKE") {
			t.Errorf("%s forges a line of the text", f.name)
		}
	}
}

// FuzzHTML looks for values that get out of their place.
func FuzzHTML(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.value, h.value, h.value, h.value, "POST")
	}
	languages := catalogue().Languages()
	view := func(l *i18n.Language, host, path, reference, method string) View {
		v := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, method)
		v.Language, v.Host, v.Path, v.Reference = l, host, path, reference
		return v
	}
	f.Fuzz(func(t *testing.T, site, host, path, reference, method string) {
		s, err := Compile(Brand{Site: site, Contact: shop.Contact})
		if err != nil {
			return
		}
		for _, l := range languages {
			page, err := s.HTML(t.Context(), view(l, host, path, reference, method))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parse(string(page)); err != nil {
				t.Errorf("not well-formed: %v", err)
			}
			problemText(t, s, view(l, host, path, reference, method))
		}
	})
}
