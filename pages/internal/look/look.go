package look

import (
	"cmp"
	"strings"
)

// A Look is what a brand says of its looks, as its operator writes it. Empty fields mean the
// theme's own.
type Look struct{ Theme, Scheme, Accent, Radius, Font, Logo string }

// The schemes: light, dark, or what the visitor's system has.
const (
	Auto  = "auto"
	Light = "light"
	Dark  = "dark"
)

// A Design is a look that was parsed: it is safe inside a style element.
type Design struct {
	theme, scheme string
	accent        colour
	radius, font  string
	generic       string // family, behind the fonts
	Logo          string // markup; empty: there is none
}

// Parse reads a look, and calls fault for each field that is not taken.
func Parse(l Look, fault func(field, value, want string)) Design {
	d := Design{theme: cmp.Or(l.Theme, Line), scheme: cmp.Or(l.Scheme, Auto), accent: defaultAccent}
	d.radius = themes[d.theme].radius
	for _, f := range []struct {
		name, value string
		parse       func(text string) error
	}{
		{"Accent", l.Accent, func(text string) (err error) { d.accent, err = parseColour(text); return err }},
		{"Logo", l.Logo, func(text string) (err error) { d.Logo, err = parseLogo(text); return err }},
		{"Radius", l.Radius, func(text string) (err error) { d.radius, err = parseRadius(text); return err }},
		{"Font", l.Font, func(text string) (err error) { d.font, d.generic, err = parseFont(text); return err }},
	} {
		if f.value == "" {
			continue
		}
		if err := f.parse(f.value); err != nil {
			fault(f.name, f.value, err.Error())
		}
	}
	if _, known := themes[d.theme]; !known {
		fault("Theme", l.Theme, `want "line", "card" or "bulletin"`)
	}
	if d.scheme != Auto && d.scheme != Light && d.scheme != Dark {
		fault("Scheme", l.Scheme, `want "auto", "light" or "dark"`)
	}
	return d
}

// Styles are the style blocks of a page, in their order: the brand's variables, the common
// part, the theme, the logo. Print, in the common part, must come after the variables.
// Without the ends of lines a page is one line, which is what some servers' files can hold.
func (d Design) Styles() []string {
	styles := []string{d.variables(), style}
	if s := themes[d.theme].style; s != "" {
		styles = append(styles, s)
	}
	if d.Logo != "" {
		styles = append(styles, logoStyle)
	}
	for i, s := range styles {
		styles[i] = strings.TrimSuffix(s, "\n")
	}
	return styles
}

// variables is the small style block of one brand.
func (d Design) variables() string {
	t := themes[d.theme]
	constant := ""
	for _, v := range []struct{ name, value string }{{"radius", d.radius}, {"font", d.font}, {"face", d.generic}} {
		if v.value != "" {
			constant += "--" + v.name + ":" + v.value + ";"
		}
	}
	switch d.scheme {
	case Light:
		return t.light.block(d.accent, white, "color-scheme:light;"+constant)
	case Dark:
		return t.dark.block(d.accent, black, "color-scheme:dark;"+constant)
	}
	return t.light.block(d.accent, white, "color-scheme:light dark;"+constant) +
		"@media(prefers-color-scheme:dark){" + t.dark.block(d.accent, black, "") + "}"
}
