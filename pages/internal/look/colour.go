package look

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A colour is an sRGB colour. It is parsed, so it is safe inside a style element.
type colour struct{ r, g, b uint8 }

var (
	white = colour{0xff, 0xff, 0xff}
	black = colour{}
)

var defaultAccent = colour{0x0b, 0x5c, 0x63}

// minContrast is what WCAG 2.2 asks of text (success criterion 1.4.3, level AA).
const minContrast = 4.5

func parseColour(text string) (colour, error) {
	hex := text
	if len(hex) == 4 {
		hex = string([]byte{hex[0], hex[1], hex[1], hex[2], hex[2], hex[3], hex[3]})
	}
	if len(hex) != 7 || hex[0] != '#' {
		return colour{}, errors.New("want a colour such as #0b5c63")
	}
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return colour{}, errors.New("want a colour such as #0b5c63")
	}
	return colour{uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
}

func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

// luminance is the relative luminance of WCAG 2.2.
func (c colour) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c colour) mix(with colour, share float64) colour {
	part := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
	return colour{part(c.r, with.r), part(c.g, with.g), part(c.b, with.b)}
}

// readableOn moves c towards the end colour until it can be read on every ground.
func (c colour) readableOn(grounds []colour, end colour) colour {
	for share := 0.0; share < 1; share += 0.02 {
		m := c.mix(end, share)
		if !slices.ContainsFunc(grounds, func(ground colour) bool { return contrast(m, ground) < minContrast }) {
			return m
		}
	}
	return end
}

// textOn is the better of white and near-black for text on c: one of the two always
// reaches 4.5:1.
func (c colour) textOn() colour {
	if contrast(c, white) >= contrast(c, black) {
		return white
	}
	return black
}
