package pages

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxLogo is the longest logo in bytes: it is part of every page.
const maxLogo = 8 << 10

// maxDepth is how deep the elements of a logo may be nested.
const maxDepth = 32

// pictures are the formats of a data URI, with what their data begins with.
var pictures = map[string]string{"png": "\x89PNG\r\n", "jpeg": "\xff\xd8\xff", "webp": "RIFF", "svg+xml": "<"}

// parseLogo returns the markup of a logo: an svg element written anew from what was
// parsed, or an img element.
func parseLogo(text string) (string, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxLogo {
		return "", fmt.Errorf("%d bytes, want at most %d: take out what is not seen, or fewer decimals", len(text), maxLogo)
	}
	if strings.HasPrefix(text, "data:") {
		return parsePicture(text)
	}
	return parseSVG(text)
}

// parsePicture reads a data URI. A picture in an img element runs no script and loads
// nothing, whatever is in it (SVG Integration §3.2, secure static mode).
func parsePicture(uri string) (string, error) {
	kind, data, ok := strings.Cut(strings.TrimPrefix(uri, "data:image/"), ";base64,")
	magic, known := pictures[kind]
	if !ok || !known {
		return "", errors.New("want data:image/png;base64,… or jpeg, webp, svg+xml in its place")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(data)
	if err != nil || strings.ContainsAny(data, "\r\n") {
		return "", errors.New("the data are not base64 in one line")
	}
	if !bytes.HasPrefix(raw, []byte(magic)) {
		return "", fmt.Errorf("the data are no image/%s", kind)
	}
	return `<img src="data:image/` + kind + ";base64," + data + `" alt="">`, nil
}

const svgSpace = "http://www.w3.org/2000/svg"

// A logoWriter writes the drawing anew.
type logoWriter struct {
	bytes.Buffer
	open []string
	ids  map[string]bool
}

// parseSVG takes a drawing of shapes and gradients. What only editors need is left out
// without a word; what could run, load or grow is refused, with what to do about it.
func parseSVG(text string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Entity = nil // only the five of XML: nothing can grow
	w := &logoWriter{ids: map[string]bool{}}
	done := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("not well-formed SVG: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if done {
				return "", errors.New("want one svg element")
			}
			if slices.Contains(unseen, token.Name.Local) || len(w.open) > 0 && token.Name.Space != svgSpace && token.Name.Space != "" {
				if err := d.Skip(); err != nil {
					return "", fmt.Errorf("not well-formed SVG: %w", err)
				}
				continue
			}
			if err := w.start(token); err != nil {
				return "", err
			}
		case xml.EndElement:
			w.WriteString("</" + w.open[len(w.open)-1] + ">")
			w.open = w.open[:len(w.open)-1]
			done = len(w.open) == 0
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return "", errors.New("text is not taken: turn it into paths")
			}
		case xml.Directive:
			return "", errors.New("<!DOCTYPE> and other declarations are not taken: take them out")
		}
	}
	if !done {
		return "", errors.New("want an svg element, or data:image/…;base64,…")
	}
	return w.String(), nil
}

// start writes an element with those of its attributes that are known.
func (w *logoWriter) start(e xml.StartElement) error {
	name := e.Name.Local
	if len(w.open) == 0 != (name == "svg") || !slices.Contains(shapes, name) {
		return fmt.Errorf("<%s> is not taken: a logo is one svg element with shapes and gradients (%s)", name, strings.Join(shapes[1:], ", "))
	}
	if len(w.open) == maxDepth {
		return fmt.Errorf("want at most %d elements inside each other", maxDepth)
	}
	attrs := map[string]string{}
	for _, a := range e.Attr {
		if a.Name.Space != "" || a.Name.Local == "xmlns" {
			if a.Name.Local == "href" {
				return errors.New("href is not taken: a logo refers to nothing")
			}
			continue // of editors
		}
		if err := readAttr(attrs, a.Name.Local, a.Value); err != nil {
			return fmt.Errorf("<%s>: %w", name, err)
		}
	}
	if id, ok := attrs["id"]; ok {
		if w.ids[id] {
			return fmt.Errorf("<%s>: the id %q is there twice", name, id)
		}
		w.ids[id] = true
		attrs["id"] = idPrefix + id
	}
	if name == "svg" {
		if err := frameSVG(attrs); err != nil {
			return err
		}
	}
	w.WriteString("<" + name)
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		fmt.Fprintf(w, ` %s="%s"`, key, attrs[key]) // no value that is taken has a quote, a bracket or &
	}
	w.WriteString(">")
	w.open = append(w.open, name)
	return nil
}

// frameSVG leaves the size to the style sheet, which needs the proportions.
func frameSVG(attrs map[string]string) error {
	if attrs["viewBox"] == "" {
		for _, side := range []string{"width", "height"} {
			v, err := strconv.ParseFloat(strings.TrimSuffix(attrs[side], "px"), 64)
			if err != nil || v <= 0 {
				return errors.New("<svg> has no viewBox: give it one, such as 0 0 120 32")
			}
		}
		attrs["viewBox"] = "0 0 " + strings.TrimSuffix(attrs["width"], "px") + " " + strings.TrimSuffix(attrs["height"], "px")
	}
	for _, name := range []string{"width", "height", "x", "y", "id"} {
		delete(attrs, name)
	}
	attrs["aria-hidden"] = "true"
	return nil
}
