package pages

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

// style is the constant part of the page's style: generated from style.css.
//
//go:embed style.min.css
var style string

// brandStyle is the small style block of one brand. It is written from parsed values
// only: nothing an operator typed reaches it as text.
func brandStyle(accent colour) string {
	// What can be read on the tint can be read on the paper, which is further away.
	light := accent.readableOn(tintLight, black)
	dark := accent.readableOn(tintDark, white)
	block := func(c colour) string {
		return ":root{--accent:" + c.String() + ";--on-accent:" + c.textOn().String() + "}"
	}
	return block(light) + "@media(prefers-color-scheme:dark){" + block(dark) + "}"
}

// cspHash is the source expression that allows an inline block (CSP Level 3 §2.3.1).
func cspHash(block string) string {
	sum := sha256.Sum256([]byte(block))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
