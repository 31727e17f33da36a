package i18n

import (
	"errors"
	"fmt"
	"strings"
)

// A Segment is a piece of a [Message]: literal text, or the place of a value.
type Segment struct {
	Text        string // literal text; empty for a placeholder
	Placeholder string // name of the value, such as "Site"; empty for text
}

// A Message is one text in one language, cut into segments. The zero value is empty.
type Message []Segment

// check finds what a text must not have. All others do as they are.
func check(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("text is empty")
	}
	if err := CheckText(text); err != nil {
		return fmt.Errorf("text %q: %w", text, err)
	}
	for rest := text; rest != ""; {
		literal, after, found := strings.Cut(rest, "{{.")
		name, tail, closed := strings.Cut(after, "}}")
		if strings.ContainsAny(literal, "{}<>") || found && !(closed && isName(name)) {
			return fmt.Errorf("text %q: braces and angle brackets are not allowed; a placeholder is written {{.Name}}", text)
		}
		rest = tail
	}
	return nil
}

// cut cuts a checked text into segments.
func cut(text string) Message {
	var m Message
	for text != "" {
		literal, after, found := strings.Cut(text, "{{.")
		if literal != "" {
			m = append(m, Segment{Text: literal})
		}
		var name string
		if name, text, _ = strings.Cut(after, "}}"); found {
			m = append(m, Segment{Placeholder: name})
		}
	}
	return m
}

// isName reports names such as Site: ASCII letters, the first a capital.
func isName(s string) bool {
	for i, r := range s {
		if capital := r >= 'A' && r <= 'Z'; !capital && (i == 0 || r < 'a' || r > 'z') {
			return false
		}
	}
	return s != ""
}

// String returns the message with each placeholder replaced by its value. Values come
// as name, value, name, value. A placeholder without a value stays empty.
func (m Message) String(values ...string) string {
	if len(m) == 1 {
		return m[0].in(values)
	}
	var b strings.Builder
	for _, s := range m {
		b.WriteString(s.in(values))
	}
	return b.String()
}

// in returns the segment as it stands among these values.
func (s Segment) in(values []string) string {
	if s.Placeholder == "" {
		return s.Text
	}
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == s.Placeholder {
			return values[i+1]
		}
	}
	return ""
}

// fill puts the values into a checked text. Most have none, and need no segments.
func fill(text string, values []string) string {
	if !strings.Contains(text, "{{.") {
		return text
	}
	return cut(text).String(values...)
}

// placeholders are the names of the values of a checked text.
func placeholders(text string) map[string]bool {
	names := map[string]bool{}
	for _, s := range cut(text) {
		if s.Placeholder != "" {
			names[s.Placeholder] = true
		}
	}
	return names
}
