package pages

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// shapes are the elements a logo may have. <use> is not among them, since uses of uses
// grow without end, nor <image>, <style> and <a>.
var shapes = []string{"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
	"defs", "linearGradient", "radialGradient", "stop", "clipPath"}

// unseen are elements that show nothing.
var unseen = []string{"title", "desc", "metadata", "namedview"}

// idPrefix keeps the ids of a logo apart from those of the page.
const idPrefix = "logo-"

// The forms of values.
var (
	numbers   = regexp.MustCompile(`^[-+0-9.eE,%\spx]*$`)
	pathData  = regexp.MustCompile(`^[-+0-9.eE,\sMmZzLlHhVvCcSsQqTtAa]*$`)
	transform = regexp.MustCompile(`^(\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\([-+0-9.eE,\s]*\)[\s,]*)*$`)
	keyword   = regexp.MustCompile(`^[A-Za-z][A-Za-z -]*$`)
	paint     = regexp.MustCompile(`^([A-Za-z]+|#[0-9A-Fa-f]{3,8}|rgba?\([0-9.,%\s/]*\))$`)
	reference = regexp.MustCompile(`^url\(\s*['"]?#([A-Za-z_][A-Za-z0-9_-]*)['"]?\s*\)(\s+[A-Za-z]+)?$`)
	ident     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
)

// attributes are those that are written, with the form of their values.
var attributes = func() map[string]*regexp.Regexp {
	m := map[string]*regexp.Regexp{"d": pathData, "id": ident}
	for form, names := range map[*regexp.Regexp]string{
		numbers: "viewBox x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height points offset opacity fill-opacity stroke-opacity " +
			"stop-opacity stroke-width stroke-miterlimit stroke-dashoffset",
		transform: "transform gradientTransform",
		keyword: "fill-rule clip-rule stroke-linecap stroke-linejoin gradientUnits spreadMethod clipPathUnits preserveAspectRatio " +
			"shape-rendering",
		paint: "fill stroke stop-color color clip-path",
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = form
		}
	}
	m["stroke-dasharray"] = regexp.MustCompile(numbers.String() + "|^none$")
	return m
}()

// ignored are attributes that a drawing looks the same without.
var ignored = []string{"version", "baseProfile", "role", "focusable", "enable-background", "overflow", "xml:space"}

// readAttr takes one attribute into attrs.
func readAttr(attrs map[string]string, name, value string) error {
	form, known := attributes[name]
	switch {
	case name == "style":
		return readStyle(attrs, value)
	case strings.HasPrefix(name, "aria-"), strings.HasPrefix(name, "data-"), slices.Contains(ignored, name):
		return nil
	case name == "class":
		return errors.New("class is not taken: put the colours on the shapes, such as fill=\"#0b5c63\"")
	case !known:
		return fmt.Errorf("the attribute %q is not taken: take it out", name)
	}
	value = strings.Join(strings.Fields(value), " ")
	if m := reference.FindStringSubmatch(value); m != nil && form == paint {
		attrs[name] = "url(#" + idPrefix + m[1] + ")" + m[2]
		return nil
	}
	if !form.MatchString(value) {
		return fmt.Errorf("%s=%.60q is not taken: want a plain value, of this drawing only", name, value)
	}
	attrs[name] = value
	return nil
}

// readStyle turns declarations into attributes: the policy of the page forbids style
// attributes. Those that no shape needs, which editors write in numbers, are left out.
func readStyle(attrs map[string]string, style string) error {
	for declaration := range strings.SplitSeq(style, ";") {
		name, value, _ := strings.Cut(declaration, ":")
		name = strings.TrimSpace(name)
		if strings.Contains(value, "(") && !reference.MatchString(strings.TrimSpace(value)) && !paint.MatchString(strings.TrimSpace(value)) {
			return fmt.Errorf("style: %.60q is not taken: want a plain value, of this drawing only", strings.TrimSpace(declaration))
		}
		if form, known := attributes[name]; known && (form == paint || strings.Contains(name, "-") || name == "opacity") {
			if err := readAttr(attrs, name, value); err != nil {
				return fmt.Errorf("style: %w", err)
			}
		}
	}
	return nil
}
