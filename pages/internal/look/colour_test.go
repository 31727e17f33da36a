package look

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A sheet is what a theme says of colours: the custom properties of each scheme, from the
// brand's block, and the propertys that use them.
type sheet struct {
	schemes map[string]map[string]colour // light, dark, print: property: value
	uses    []use
}

// A use is a property with var(--name) in a rule.
type use struct {
	media, selector, property, name string
	ground                          string // the ground that the same rule sets; empty: the one around it
}

var (
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	property = regexp.MustCompile(`([a-z-]+)\s*:\s*([^;{}]+?)\s*(?:;|$)`)
	variable = regexp.MustCompile(`var\(--([a-z-]+)\)`)
	custom   = regexp.MustCompile(`--([a-z-]+)\s*:\s*(#[0-9a-fA-F]+)`)
	literal  = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|color-mix)\(`)
)

// sheets are the style files of each theme.
var sheets = map[string][]string{
	Line: {"style.css"}, Card: {"style.css", "card.css"}, Bulletin: {"style.css", "bulletin.css"},
}

func readSheet(t testing.TB, l Design) sheet {
	t.Helper()
	css := ""
	for _, file := range sheets[l.theme] {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		css += string(data)
	}
	css = l.variables() + css
	s := sheet{schemes: map[string]map[string]colour{"light": {}, "dark": {}, "print": {}}}
	var read func(css, media string)
	read = func(css, media string) {
		for css = strings.TrimSpace(css); css != ""; css = strings.TrimSpace(css) {
			selector, rest, ok := strings.Cut(css, "{")
			if !ok {
				t.Fatalf("%s: no rule in %.40q", l.theme, css)
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
	read(comment.ReplaceAllString(css, ""), "")
	return s
}

func (s *sheet) rule(t testing.TB, media, selector, body string) {
	t.Helper()
	scheme := map[string]string{"": "light", "@media(prefers-color-scheme:dark)": "dark", "@media print": "print"}[media]
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
	for _, d := range property.FindAllStringSubmatch(body, -1) {
		if v := variable.FindStringSubmatch(d[2]); v != nil && d[1] == "background" {
			ground = v[1]
		}
	}
	for _, d := range property.FindAllStringSubmatch(body, -1) {
		for _, v := range variable.FindAllStringSubmatch(d[2], -1) {
			s.uses = append(s.uses, use{media, selector, d[1], v[1], ground})
		}
	}
}

// recolour takes the colours of another brand block.
func (s *sheet) recolour(t testing.TB, l Design) {
	light, dark, _ := strings.Cut(l.variables(), "@media(prefers-color-scheme:dark){")
	s.rule(t, "", ":root", light)
	s.rule(t, "@media(prefers-color-scheme:dark)", ":root", dark)
}

// value looks a property up as the cascade does: dark and print over light.
func (s sheet) value(scheme, name string) (colour, bool) {
	if c, ok := s.schemes[scheme][name]; ok {
		return c, true
	}
	c, ok := s.schemes["light"][name]
	return c, ok
}

// What a property needs, and the few that need nothing: a thing of that colour would
// not be missed (WCAG 2.2, 1.4.11).
const text, stroke = 4.5, 3.0

var decorative = map[string]string{
	"nav ul border": "the list of languages is known by its links",
	".check border": "the question is known by its legend and its radio buttons",
	"main border":   "the card is known by its ground",
}

// lineParts are the parts of the line that take their stroke from "color".
var lineParts = regexp.MustCompile(`^\.(icon,\s*\.node|icon|ends|far svg|broken svg)$`)

// need returns the contrast that a property needs; 0: none.
func (u use) need(t testing.TB) float64 {
	t.Helper()
	switch {
	case decorative[u.selector+" "+u.property] != "":
		return 0
	case u.name == "font" || u.name == "face" || u.name == "radius":
		return 0
	case u.name == "paper" || u.name == "tint" || u.name == "ground":
		return 0 // grounds, and hollow nodes
	case u.property == "color" && lineParts.MatchString(u.selector):
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

// grounds are what a property may stand on: its own ground; else the paper, the tint
// where the question is, and the ground below the paper.
func (s sheet) grounds(u use) []string {
	switch {
	case u.ground != "" && u.property == "color":
		return []string{u.ground}
	case u.ground == "paper":
		return []string{"paper"}
	}
	if _, ok := s.schemes["light"]["ground"]; ok {
		return []string{"paper", "tint", "ground"}
	}
	return []string{"paper", "tint"}
}

// TestContrast computes every pair of colours that the themes make, in light, in dark
// and on paper, for 500 accents.
func TestContrast(t *testing.T) {
	for name := range sheets {
		t.Run(string(name), func(t *testing.T) {
			s := readSheet(t, Design{theme: name, accent: defaultAccent})
			pairs := map[pair]use{} // with one of those that make it
			for _, scheme := range []string{"light", "dark", "print"} {
				s.collect(t, scheme, pairs)
			}
			if len(pairs) < 20 {
				t.Fatalf("only %d pairs found: the style was not understood", len(pairs))
			}
			for _, accent := range accents() {
				s.recolour(t, Design{theme: name, accent: accent})
				for p, u := range pairs {
					c, ok := s.value(p.scheme, p.name)
					g, known := s.value(p.scheme, p.ground)
					if !ok || !known {
						t.Fatalf("%s { %s }: --%s or --%s has no value", u.selector, u.property, p.name, p.ground)
					}
					if ratio := contrast(c, g); ratio < p.need {
						t.Errorf("%s, %s: %s { %s: --%s } on --%s: %s on %s is %.2f, want %.1f", p.scheme, accent, u.selector, u.property, p.name, p.ground, c, g, ratio, p.need)
					}
				}
			}
		})
	}
}

// A pair is a colour, what it stands on, and the contrast that they need.
type pair struct {
	scheme, name, ground string
	need                 float64
}

// collect finds the pairs of a scheme.
func (s sheet) collect(t *testing.T, scheme string, pairs map[pair]use) {
	t.Helper()
	for _, u := range s.uses {
		need := u.need(t)
		if need == 0 || u.media == "@media print" && scheme != "print" || strings.HasPrefix(u.media, "@media screen") && scheme == "print" {
			continue
		}
		for _, ground := range s.grounds(u) {
			if scheme == "print" && (ground != "paper" || u.selector == ".button") {
				continue // not printed
			}
			pairs[pair{scheme, u.name, ground, need}] = u
		}
	}
}

// accents are hard ones and many others.
func accents() []colour {
	all := []colour{defaultAccent}
	for _, v := range []uint32{
		0x000000, 0xffffff, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0x777777, 0x767676, 0x888888,
		0xfbfaf7, 0x151617, 0xf2efe8, 0x1e2022, 0xffd500, 0x010101, 0xfefefe, 0x7f7f7f, 0x808080,
	} {
		all = append(all, rgb(v))
	}
	random := rand.New(rand.NewPCG(5, 2))
	for range 500 {
		all = append(all, rgb(random.Uint32N(1<<24)))
	}
	return all
}

// TestSchemes: a brand that is only light, or only dark, is what it says in both.
func TestSchemes(t *testing.T) {
	for name := range sheets {
		both := readSheet(t, Design{theme: name, accent: defaultAccent})
		for scheme, of := range map[string]string{Light: "light", Dark: "dark"} {
			l := Design{theme: name, accent: defaultAccent, scheme: scheme}
			if block := l.variables(); strings.Contains(block, "@media") || !strings.Contains(block, "color-scheme:"+of) {
				t.Errorf("%s, %s: %s", name, scheme, block)
			}
			only := readSheet(t, l)
			for variable, c := range both.schemes[of] {
				if only.schemes["light"][variable] != c {
					t.Errorf("%s, %s: --%s is %s, want %s", name, scheme, variable, only.schemes["light"][variable], c)
				}
			}
		}
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

// TestAccent: an accent is changed only as far as it must be.
func TestAccent(t *testing.T) {
	light := func(c colour) colour {
		return readSheet(t, Design{theme: Line, accent: c}).schemes["light"]["accent"]
	}
	t.Run("a colour that can be read is kept", func(t *testing.T) {
		for _, accent := range []string{"#0b5c63", "#00f", "#900", "#000"} {
			c, _ := parseColour(accent)
			if got := light(c); got != c {
				t.Errorf("%s became %s", accent, got)
			}
		}
	})
	t.Run("a hue is kept as far as it can be", func(t *testing.T) {
		c := light(colour{0xff, 0xd5, 0})
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
				refused := false
				Parse(Look{Accent: tt.text}, func(field, _, _ string) { refused = field == "Accent" })
				if !refused && tt.text != "" {
					t.Errorf("Parse took the accent %q", tt.text)
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
