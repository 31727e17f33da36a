package pages

import (
	"fmt"
	htmlpkg "html"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A node is an element of a page, or a text when it has no tag.
type node struct {
	tag   string
	attrs map[string]string
	text  string
	kids  []*node
}

// walk visits n and everything in it, in order.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, kid := range n.kids {
		kid.walk(visit)
	}
}

// all returns the elements with that tag, in order.
func (n *node) all(tag string) []*node {
	var found []*node
	n.walk(func(n *node) {
		if n.tag == tag {
			found = append(found, n)
		}
	})
	return found
}

// classed returns the elements that have that class.
func (n *node) classed(class string) []*node {
	var found []*node
	n.walk(func(n *node) {
		if slices.Contains(strings.Fields(n.attrs["class"]), class) {
			found = append(found, n)
		}
	})
	return found
}

// words returns the text in n with single blanks.
func (n *node) words() string {
	var b strings.Builder
	var read func(n *node)
	read = func(n *node) {
		b.WriteString(n.text)
		for _, kid := range n.kids {
			if kid.tag != "script" && kid.tag != "style" {
				read(kid)
			}
		}
	}
	read(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// shape writes the tags and the names of the attributes: what must never depend on a value.
func (n *node) shape() string {
	var b strings.Builder
	n.walk(func(n *node) {
		if n.tag != "" {
			names := make([]string, 0, len(n.attrs))
			for name := range n.attrs {
				names = append(names, name)
			}
			slices.Sort(names)
			fmt.Fprintf(&b, "<%s %s>\n", n.tag, strings.Join(names, " "))
		}
	})
	return b.String()
}

var (
	startTag = regexp.MustCompile(`^<([a-z][a-z0-9]*)((?: hidden| open| [a-zA-Z][a-zA-Z-]*="[^"<>]*")*)>`)
	endTag   = regexp.MustCompile(`^</([a-z][a-z0-9]*)>`)
	attr     = regexp.MustCompile(` ([a-zA-Z-]+)(?:="([^"]*)")?`)
	bareAmp  = regexp.MustCompile(`&(?:amp|lt|gt|quot|#34|#39);`)
)

// void elements have no end tag (HTML §13.1.2).
var void = []string{"meta", "input", "br", "hr", "img", "link"}

// parse reads a page. It takes much less than browsers do, so whatever it takes means
// the same to all of them: every element is closed in its order, every attribute but
// "hidden" and "open" is quoted, all are there once, no text holds a bare "<", ">" or "&".
func parse(page string) (*node, error) {
	rest, ok := strings.CutPrefix(page, "<!doctype html>")
	if !ok {
		return nil, fmt.Errorf("begins with %.30q, want <!doctype html>", page)
	}
	root := &node{}
	open := []*node{root}
	for rest != "" {
		top := open[len(open)-1]
		at := fmt.Sprintf("in <%s> before %.60q", top.tag, rest)
		tag := rest[:strings.IndexByte(rest, '>')+1] // no attribute may hold a bracket
		if m := endTag.FindStringSubmatch(tag); m != nil {
			if m[1] != top.tag {
				return nil, fmt.Errorf("%s: </%s> closes nothing", at, m[1])
			}
			open, rest = open[:len(open)-1], rest[len(m[0]):]
			continue
		}
		if m := startTag.FindStringSubmatch(tag); m != nil {
			n := &node{tag: m[1], attrs: map[string]string{}}
			for _, a := range attr.FindAllStringSubmatch(m[2], -1) {
				if _, twice := n.attrs[a[1]]; twice {
					return nil, fmt.Errorf("%s: attribute %s is there twice", at, a[1])
				}
				if strings.Contains(bareAmp.ReplaceAllString(a[2], ""), "&") {
					return nil, fmt.Errorf("%s: bare & in attribute %s", at, a[1])
				}
				n.attrs[a[1]] = htmlpkg.UnescapeString(a[2])
			}
			top.kids = append(top.kids, n)
			rest = rest[len(m[0]):]
			switch {
			case n.tag == "style" || n.tag == "script":
				raw, after, closed := strings.Cut(rest, "</"+n.tag+">")
				if !closed {
					return nil, fmt.Errorf("%s: not closed", at)
				}
				n.kids, rest = []*node{{text: raw}}, after
			case !slices.Contains(void, n.tag):
				open = append(open, n)
			}
			continue
		}
		end := strings.IndexByte(rest, '<')
		if end == 0 {
			return nil, fmt.Errorf("%s: bare <", at)
		}
		if end < 0 {
			end = len(rest)
		}
		raw := rest[:end]
		if strings.Contains(raw, ">") || strings.Contains(bareAmp.ReplaceAllString(raw, ""), "&") {
			return nil, fmt.Errorf("%s: bare > or & in text", at)
		}
		top.kids = append(top.kids, &node{text: htmlpkg.UnescapeString(raw)})
		rest = rest[end:]
	}
	if len(open) != 1 {
		return nil, fmt.Errorf("<%s> is not closed", open[len(open)-1].tag)
	}
	return root, contentFault(root)
}

// contentFault finds elements in places where a browser would move them (HTML §4).
func contentFault(root *node) error {
	var fault error
	root.walk(func(n *node) {
		for _, kid := range n.kids {
			bad := false
			switch n.tag {
			case "ul", "ol":
				bad = kid.tag != "li"
			case "dl":
				bad = kid.tag != "dt" && kid.tag != "dd"
			case "title":
				bad = kid.tag != ""
			}
			if bad {
				fault = fmt.Errorf("<%s> in <%s>", kid.tag, n.tag)
			}
		}
		if slices.Contains([]string{"p", "h1", "h2", "span", "b", "a", "label", "legend", "summary"}, n.tag) {
			for _, block := range []string{"p", "div", "ol", "ul", "dl", "section", "details", "fieldset", "h1", "h2"} {
				if inside := n.all(block); len(inside) > 1 || len(inside) == 1 && inside[0] != n {
					fault = fmt.Errorf("<%s> in <%s>", block, n.tag)
				}
			}
		}
	})
	return fault
}

// tree parses a page that must be well-formed.
func tree(t testing.TB, page string) *node {
	t.Helper()
	root, err := parse(page)
	if err != nil {
		t.Fatalf("the page is not well-formed: %v", err)
	}
	return root
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		want       string // part of the error; empty: well-formed
	}{
		{"a page", `<!doctype html><html lang="en"><meta charset="utf-8"><p>a &lt; b</p></html>`, ""},
		{"no document type", `<html></html>`, "want <!doctype html>"},
		{"an element that is not closed", `<!doctype html><p>`, "not closed"},
		{"elements closed across", `<!doctype html><p><b></p></b>`, "closes nothing"},
		{"an attribute without quotes", `<!doctype html><p class=a></p>`, "bare <"},
		{"a hidden element", `<!doctype html><p hidden id="a b">c</p>`, ""},
		{"an open element", `<!doctype html><details open class="a">c</details>`, ""},
		{"another attribute without a value", `<!doctype html><p autofocus></p>`, "bare <"},
		{"an attribute twice", `<!doctype html><p id="a" id="b"></p>`, "twice"},
		{"a bracket in a text", `<!doctype html><p>a > b</p>`, "bare >"},
		{"a bracket in an attribute", `<!doctype html><p title="<"></p>`, "bare <"},
		{"a bare ampersand", `<!doctype html><p>a & b</p>`, "bare > or &"},
		{"a list in a paragraph", `<!doctype html><p><ol></ol></p>`, "<ol> in <p>"},
		{"a text in a list", `<!doctype html><ol>a</ol>`, "<> in <ol>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(tt.page)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("parse = %v, want %q", err, tt.want)
			}
		})
	}
}
