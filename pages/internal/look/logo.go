package look

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// maxLogo is the longest logo in bytes: it is part of every page.
const maxLogo = 8 << 10

// pictures are the formats of a data URI, with what their data begins with.
var pictures = map[string]string{"png": "\x89PNG\r\n", "jpeg": "\xff\xd8\xff", "webp": "RIFF", "svg+xml": "<"}

// parseLogo returns the markup of a logo: an img element with a data URI. A picture there
// runs no script and loads nothing, whatever is in it (SVG Integration §3.2, secure static
// mode), so that its insides need no checking.
func parseLogo(text string) (string, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if len(text) > maxLogo {
		return "", fmt.Errorf("%d bytes, want at most %d: take out what is not seen, or fewer decimals", len(text), maxLogo)
	}
	uri, err := text, error(nil)
	if strings.HasPrefix(text, "data:") {
		err = checkPicture(text)
	} else {
		uri, err = drawing(text)
	}
	if err != nil {
		return "", err
	}
	return `<img src="` + uri + `" alt="">`, nil
}

// checkPicture takes a data URI of a known format, in base64.
func checkPicture(uri string) error {
	kind, data, ok := strings.Cut(strings.TrimPrefix(uri, "data:image/"), ";base64,")
	magic, known := pictures[kind]
	if !ok || !known {
		return errors.New("want data:image/png;base64,… or jpeg, webp, svg+xml in its place")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(data)
	if err != nil || strings.ContainsAny(data, "\r\n") {
		return errors.New("the data are not base64 in one line")
	}
	if !bytes.HasPrefix(raw, []byte(magic)) {
		return fmt.Errorf("the data are no image/%s", kind)
	}
	return nil
}

var (
	// svgElement is a whole svg element, with what editors write before it.
	svgElement = regexp.MustCompile(`(?s)^((?:<\?xml[^>]*\?>|<!--.*?-->|\s)*<svg)[\s/>].*>$`)
	// declaration is what entities are made of, which can grow without end.
	declaration = regexp.MustCompile(`(?i)<!(doctype|entity)`)
)

const svgSpace = "http://www.w3.org/2000/svg"

// drawing returns an svg element as a data URI: not in base64, which cannot be compressed.
func drawing(text string) (string, error) {
	if declaration.MatchString(text) {
		return "", errors.New("<!DOCTYPE> and other declarations are not taken: take them out")
	}
	begin := svgElement.FindStringSubmatchIndex(text)
	if begin == nil {
		return "", errors.New("want an svg element, or data:image/…;base64,…")
	}
	if !strings.Contains(text, svgSpace) { // markup inside a page does without it, a picture does not
		text = text[:begin[3]] + ` xmlns="` + svgSpace + `"` + text[begin[3]:]
	}
	var b strings.Builder
	b.WriteString("data:image/svg+xml,")
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || strings.IndexByte(`%#"<>&`, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}
