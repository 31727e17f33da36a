package look

import (
	_ "embed"
	"strings"
)

// The themes: same structure, same words, another look.
const (
	Line     = "line"
	Card     = "card"
	Bulletin = "bulletin"
)

// The style sheets as they are generated: style is the constant part of every page.
var (
	//go:embed style.min.css
	style string
	//go:embed card.min.css
	cardStyle string
	//go:embed bulletin.min.css
	bulletinStyle string
	//go:embed logo.min.css
	logoStyle string
)

// A palette is what a theme has of colours in one scheme, besides the accent.
type palette struct {
	paper, ink, soft, edge, tint, broken colour

	// shade is the share of the accent in the ground that the paper lies on; 0: there is
	// no such ground.
	shade float64
}

// A theme is a constant style block, and what the brand's own block says for it.
type theme struct {
	style       string // after the common one; empty: none
	radius      string // where the brand has none; empty: as style.css has it
	light, dark palette
}

var themes = map[string]theme{
	Line: {
		light: palette{rgb(0xfbfaf7), rgb(0x1d1c1a), rgb(0x5c5953), rgb(0xd9d5cb), rgb(0xf2efe8), rgb(0xa04f00), 0},
		dark:  palette{rgb(0x151617), rgb(0xecebe8), rgb(0xaeaba3), rgb(0x3a3b3f), rgb(0x1e2022), rgb(0xeda64a), 0},
	},
	Card: {
		style: cardStyle, radius: "1rem",
		light: palette{rgb(0xffffff), rgb(0x1a1c1f), rgb(0x54585e), rgb(0xd8dbe0), rgb(0xf2f3f5), rgb(0x944800), 0.12},
		dark:  palette{rgb(0x1b1d20), rgb(0xeceef0), rgb(0xb0b4ba), rgb(0x3c4046), rgb(0x25282c), rgb(0xeda64a), 0.12},
	},
	Bulletin: {
		style: bulletinStyle, radius: "0px",
		light: palette{rgb(0xffffff), rgb(0x111111), rgb(0x555555), rgb(0x111111), rgb(0xffffff), rgb(0xa04f00), 0},
		dark:  palette{rgb(0x0e0e0e), rgb(0xf4f4f2), rgb(0xb3b3b0), rgb(0xf4f4f2), rgb(0x0e0e0e), rgb(0xeda64a), 0},
	},
}

func rgb(v uint32) colour { return colour{uint8(v >> 16), uint8(v >> 8), uint8(v)} }

// grounds are all colours that text may stand on. In the dark the ground is made of
// black, to lie below the paper, and of the accent as it is seen there.
func (p palette) grounds(accent, far colour) []colour {
	grounds := []colour{p.paper, p.tint}
	if p.shade > 0 {
		if far == black {
			accent = accent.readableOn(grounds, white)
		}
		grounds = append(grounds, far.mix(accent, p.shade))
	}
	return grounds
}

// block writes a rule with the colours of one scheme. far is what the accent moves away
// from until it can be read: white in the light, black in the dark.
func (p palette) block(accent, far colour, more string) string {
	grounds := p.grounds(accent, far)
	readable := accent.readableOn(grounds, far.textOn())
	var b strings.Builder
	b.WriteString(":root{")
	for _, v := range []struct {
		name  string
		value colour
	}{
		{"paper", p.paper}, {"ink", p.ink}, {"soft", p.soft}, {"edge", p.edge}, {"tint", p.tint}, {"break", p.broken},
		{"ground", grounds[len(grounds)-1]}, {"accent", readable}, {"on-accent", readable.textOn()},
	} {
		if v.name != "ground" || p.shade > 0 {
			b.WriteString("--" + v.name + ":" + v.value.String() + ";")
		}
	}
	return strings.TrimSuffix(b.String()+more, ";") + "}"
}
