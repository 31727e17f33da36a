package pages

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A sheet is what style.css says of colours: the custom properties of each scheme, and
// the declarations that use them.
type sheet struct {
	schemes map[string]map[string]colour // light, dark, print: property: value
	uses    []use
}

// A use is a declaration with var(--name) in a rule.
type use struct {
	media, selector, property, name string
	ground                          string // the ground that the same rule sets; empty: the one around it
}

var (
	comment     = regexp.MustCompile(`(?s)/\*.*?\*/`)
	declaration = regexp.MustCompile(`([a-z-]+)\s*:\s*([^;{}]+?)\s*(?:;|$)`)
	variable    = regexp.MustCompile(`var\(--([a-z-]+)\)`)
	literal     = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|color-mix)\(`)
)

func readSheet(t testing.TB, file string) sheet {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := sheet{schemes: map[string]map[string]colour{"light": {}, "dark": {}, "print": {}}}
	var read func(css, media string)
	read = func(css, media string) {
		for css = strings.TrimSpace(css); css != ""; css = strings.TrimSpace(css) {
			selector, rest, ok := strings.Cut(css, "{")
			if !ok {
				t.Fatalf("%s: no rule in %.40q", file, css)
			}
			end, depth := 0, 1
			for ; depth > 0; end++ {
				switch rest[end] {
				case '{':
					depth++
				case '}':
					depth--
				}
			}
			body := rest[:end-1]
			css, selector = rest[end:], strings.TrimSpace(selector)
			if strings.HasPrefix(selector, "@") {
				read(body, selector)
				continue
			}
			s.rule(t, media, selector, body)
		}
	}
	read(comment.ReplaceAllString(string(data), ""), "")
	return s
}

func (s *sheet) rule(t testing.TB, media, selector, body string) {
	t.Helper()
	scheme := map[string]string{"": "light", "@media (prefers-color-scheme: dark)": "dark", "@media print": "print"}[media]
	custom := regexp.MustCompile(`--([a-z-]+)\s*:\s*(#[0-9a-fA-F]+)`)
	if selector == ":root" {
		for _, m := range custom.FindAllStringSubmatch(body, -1) {
			c, err := parseColour(m[2])
			if err != nil || scheme == "" {
				t.Fatalf("%s %s: %s: %v", media, selector, m[0], err)
			}
			s.schemes[scheme][m[1]] = c
		}
		return
	}
	if m := literal.FindString(body); m != "" {
		t.Errorf("%s: %s: colours are named in :root, where they are checked", selector, m)
	}
	ground := ""
	for _, d := range declaration.FindAllStringSubmatch(body, -1) {
		if v := variable.FindStringSubmatch(d[2]); v != nil && d[1] == "background" {
			ground = v[1]
		}
	}
	for _, d := range declaration.FindAllStringSubmatch(body, -1) {
		for _, v := range variable.FindAllStringSubmatch(d[2], -1) {
			s.uses = append(s.uses, use{media, selector, d[1], v[1], ground})
		}
	}
}

// value looks a property up as the cascade does: the brand's block for the accent, dark
// and print over light.
func (s sheet) value(scheme, name string, brand map[string]colour) (colour, bool) {
	if c, ok := s.schemes[scheme][name]; ok {
		return c, true
	}
	if c, ok := brand[name]; ok {
		return c, true
	}
	c, ok := s.schemes["light"][name]
	return c, ok
}

// brandVars reads the block of a brand as a browser would.
func brandVars(t testing.TB, accent colour) map[string]map[string]colour {
	t.Helper()
	m := regexp.MustCompile(`^:root\{--accent:(#[0-9a-f]{6});--on-accent:(#[0-9a-f]{6})\}` +
		`@media\(prefers-color-scheme:dark\)\{:root\{--accent:(#[0-9a-f]{6});--on-accent:(#[0-9a-f]{6})\}\}$`).FindStringSubmatch(brandStyle(accent))
	if m == nil {
		t.Fatalf("the block of %s is another: %s", accent, brandStyle(accent))
	}
	c := make([]colour, 5)
	for i := range 4 {
		var err error
		if c[i], err = parseColour(m[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	light := map[string]colour{"accent": c[0], "on-accent": c[1]}
	return map[string]map[string]colour{"light": light, "dark": {"accent": c[2], "on-accent": c[3]}, "print": light}
}

// What a declaration needs, and the few that need nothing: a thing of that colour would
// not be missed (WCAG 2.2, 1.4.11).
const text, stroke = 4.5, 3.0

var decorative = map[string]string{
	"nav ul border": "the list of languages is known by its links",
	".check border": "the question is known by its legend and its radio buttons",
}

// drawing are the parts of the line that take their stroke from "color".
var drawing = regexp.MustCompile(`^\.(icon|node|ends)$|\(\.icon, \.node\)$`)

// need returns the contrast that a declaration needs; 0: none.
func (u use) need(t testing.TB) float64 {
	t.Helper()
	switch {
	case decorative[u.selector+" "+u.property] != "":
		return 0
	case u.name == "paper" || u.name == "tint":
		return 0 // grounds, and hollow nodes
	case u.property == "color" && drawing.MatchString(u.selector):
		return stroke
	case u.property == "color":
		return text
	case strings.HasPrefix(u.property, "border"), u.property == "outline", u.property == "stroke", u.property == "fill", u.property == "accent-color":
		return stroke
	case u.property == "background":
		return stroke // the button
	}
	t.Errorf("%s { %s }: a new use of a colour, which this test does not know", u.selector, u.property)
	return 0
}

// grounds are what a declaration may stand on: its own ground; else the paper, and the
// tint where the question is.
func (u use) grounds() []string {
	switch {
	case u.ground != "" && u.property == "color":
		return []string{u.ground}
	case u.ground == "paper":
		return []string{"paper"}
	}
	return []string{"paper", "tint"}
}

// TestContrast computes every pair of colours that style.css makes, in light, in dark
// and on paper.
func TestContrast(t *testing.T) {
	s := readSheet(t, "style.css")
	brand := brandVars(t, defaultAccent)
	least := map[string]float64{}
	for _, scheme := range []string{"light", "dark", "print"} {
		t.Run(scheme, func(t *testing.T) {
			for _, u := range s.uses {
				need := u.need(t)
				if need == 0 || u.media == "@media print" && scheme != "print" {
					continue
				}
				for _, ground := range u.grounds() {
					if scheme == "print" && (ground == "tint" || u.selector == ".button" || u.ground == "tint") {
						continue // not printed
					}
					c, ok := s.value(scheme, u.name, brand[scheme])
					g, known := s.value(scheme, ground, brand[scheme])
					if !ok || !known {
						t.Fatalf("%s { %s }: --%s or --%s has no value", u.selector, u.property, u.name, ground)
					}
					ratio := contrast(c, g)
					key := fmt.Sprintf("%s %s on %s, needs %.1f", scheme, u.name, ground, need)
					if least[key] == 0 {
						least[key] = ratio
					}
					if ratio < need {
						t.Errorf("%s { %s: --%s } on --%s: %s on %s is %.2f, want %.1f", u.selector, u.property, u.name, ground, c, g, ratio, need)
					}
				}
			}
		})
	}
	for _, key := range slices.Sorted(maps.Keys(least)) {
		t.Logf("%s: %.2f", key, least[key])
	}
	if len(least) < 20 {
		t.Errorf("only %d pairs found: style.css was not understood", len(least))
	}
}

// TestStoppedStepHasMoreThanAColour: where it stopped is never marked by colour alone.
func TestStoppedStepHasMoreThanAColour(t *testing.T) {
	data, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, selector := range []string{".stopped", ".steps .here"} {
		_, rule, _ := strings.Cut(string(data), "\n"+selector+" {")
		if rule, _, _ = strings.Cut(rule, "}"); !strings.Contains(rule, "font-weight: 600") {
			t.Errorf("%s is marked by colour alone: %s", selector, rule)
		}
	}
}

// TestColoursAgree: the accent is computed against the tint that style.css has, and
// what is shipped is the style that is checked here.
func TestColoursAgree(t *testing.T) {
	s := readSheet(t, "style.css")
	for name, want := range map[string][2]colour{
		"light tint": {s.schemes["light"]["tint"], tintLight},
		"dark tint":  {s.schemes["dark"]["tint"], tintDark},
	} {
		if want[0] != want[1] {
			t.Errorf("%s: style.css has %s, colour.go %s", name, want[0], want[1])
		}
	}
	custom := regexp.MustCompile(`--([a-z-]+)\s*:\s*(#[0-9a-fA-F]+)`)
	list := func(css string) (found []string) {
		for _, m := range custom.FindAllStringSubmatch(css, -1) {
			c, err := parseColour(m[2])
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, m[1]+" "+c.String())
		}
		return found
	}
	data, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := list(style), list(string(data)); !slices.Equal(got, want) {
		t.Errorf("style.min.css is stale:\n got %v\nwant %v", got, want)
	}
}

// TestAccent: whatever colour a brand has, its links and its button can be read.
func TestAccent(t *testing.T) {
	s := readSheet(t, "style.css")
	accents := []string{
		"#000", "#fff", "#f00", "#0f0", "#00f", "#ff0", "#f0f", "#0ff", "#777", "#767676", "#888",
		"#fbfaf7", "#151617", "#f2efe8", "#1e2022", "#ffd500", "#010101", "#fefefe", "#7f7f7f", "#808080", defaultAccent.String(),
	}
	random := rand.New(rand.NewPCG(5, 2))
	for range 300 {
		accents = append(accents, colour{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32())}.String())
	}
	for _, accent := range accents {
		c, err := parseColour(accent)
		if err != nil {
			t.Fatal(err)
		}
		brand := brandVars(t, c)
		for _, scheme := range []string{"light", "dark"} {
			ours := brand[scheme]["accent"]
			for _, pair := range []struct {
				name string
				a, b colour
				want float64
			}{
				{"a link on the paper", ours, s.schemes[scheme]["paper"], text},
				{"a radio button on the tint", ours, s.schemes[scheme]["tint"], stroke},
				{"the word on the button", brand[scheme]["on-accent"], ours, text},
			} {
				if got := contrast(pair.a, pair.b); got < pair.want {
					t.Errorf("%s, %s: %s: %s on %s is %.2f, want %.1f", accent, scheme, pair.name, pair.a, pair.b, got, pair.want)
				}
			}
		}
	}
	t.Run("a colour that can be read is kept", func(t *testing.T) {
		for _, accent := range []string{"#0b5c63", "#00f", "#900", "#000"} {
			c, _ := parseColour(accent)
			if got := brandVars(t, c)["light"]["accent"]; got != c {
				t.Errorf("%s became %s", accent, got)
			}
		}
	})
	t.Run("a hue is kept as far as it can be", func(t *testing.T) {
		c := brandVars(t, colour{0xff, 0xd5, 0})["light"]["accent"]
		if c.r < c.b || c.g < c.b || c == black {
			t.Errorf("yellow became %s", c)
		}
	})
}

// TestContrastFormula holds the formula against known values of WCAG 2.2.
func TestContrastFormula(t *testing.T) {
	for _, tt := range []struct {
		a, b colour
		want string
	}{
		{white, black, "21.00"},
		{black, white, "21.00"},
		{white, white, "1.00"},
		{colour{0x76, 0x76, 0x76}, white, "4.54"},
		{colour{0x77, 0x77, 0x77}, white, "4.48"},
		{colour{0xff, 0, 0}, white, "4.00"},
		{colour{0, 0, 0xff}, white, "8.59"},
	} {
		if got := fmt.Sprintf("%.2f", contrast(tt.a, tt.b)); got != tt.want {
			t.Errorf("contrast(%s, %s) = %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestParseColour(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"six digits", "#0b5c63", "#0b5c63"},
		{"three digits", "#0bf", "#00bbff"},
		{"capitals", "#ABCDEF", "#abcdef"},

		{"nothing", "", ""},
		{"no hash", "0b5c63", ""},
		{"a hash alone", "#", ""},
		{"another sign than the hash", "x0b5c63", ""},
		{"another sign before three digits", "x0bf", ""},
		{"four digits", "#0b5c", ""},
		{"eight digits", "#0b5c63ff", ""},
		{"a name", "red", ""},
		{"a function", "rgb(1,2,3)", ""},
		{"a sign", "#+b5c63", ""},
		{"an underscore", "#0b_c63", ""},
		{"a prefix", "#0x5c63", ""},
		{"a blank before", " #0b5c63", ""},
		{"a blank after", "#0b5c63 ", ""},
		{"a line break", "#0b5c63\n", ""},
		{"letters that are no digits", "#gggggg", ""},
		{"a letter of two bytes", "#é1", ""},
		{"digits of another script", "#٠١٢", ""},
		{"the end of the block", "#fff}body{display:none", ""},
		{"the end of the element", "#fff</style><script>", ""},
		{"an address", "#fff;background:url(https://evil.example)", ""},
		{"a property", "var(--ink)", ""},
		{"a NUL", "#0b\x005c6", ""},
		{"a comment", "#/**/", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := parseColour(tt.text)
			if tt.want == "" {
				if err == nil {
					t.Errorf("parseColour(%q) = %s, want an error", tt.text, c)
				}
				if _, err := Compile(Brand{Accent: tt.text}); err == nil && tt.text != "" {
					t.Errorf("Compile took the accent %q", tt.text)
				}
				return
			}
			if err != nil || c.String() != tt.want {
				t.Errorf("parseColour(%q) = %s, %v, want %s", tt.text, c, err, tt.want)
			}
		})
	}
}

func FuzzParseColour(f *testing.F) {
	for _, seed := range []string{"#fff", "#0b5c63", "", "#", "#é1", "#+12345", "x0bf", "red", "#fff}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseColour(text)
		if err != nil {
			return
		}
		hex := strings.ToLower(text)
		if len(hex) == 4 {
			hex = fmt.Sprintf("#%c%c%c%c%c%c", hex[1], hex[1], hex[2], hex[2], hex[3], hex[3])
		}
		if c.String() != hex {
			t.Errorf("parseColour(%q) = %s", text, c)
		}
		if again, err := parseColour(c.String()); err != nil || again != c {
			t.Errorf("%s is read back as %s, %v", c, again, err)
		}
	})
}
