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

func parseMessage(text string) (Message, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("text is empty")
	}
	var m Message
	for rest := text; rest != ""; {
		literal, after, found := strings.Cut(rest, "{{.")
		name, tail, closed := strings.Cut(after, "}}")
		if strings.ContainsAny(literal, "{}<>") || found && !(closed && isName(name)) {
			return nil, fmt.Errorf("text %q: braces and angle brackets are not allowed; a placeholder is written {{.Name}}", text)
		}
		if literal != "" {
			m = append(m, Segment{Text: literal})
		}
		if found {
			m = append(m, Segment{Placeholder: name})
		}
		rest = tail
	}
	return m, nil
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
	if len(m) == 1 && m[0].Placeholder == "" {
		return m[0].Text
	}
	var b strings.Builder
	for _, s := range m {
		b.WriteString(s.Text)
		if s.Placeholder != "" {
			b.WriteString(Value(s.Placeholder, values))
		}
	}
	return b.String()
}

// Value returns the value that follows name in a list of name, value, name, value.
func Value(name string, values []string) string {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return values[i+1]
		}
	}
	return ""
}

func (m Message) placeholders() map[string]bool {
	names := map[string]bool{}
	for _, s := range m {
		if s.Placeholder != "" {
			names[s.Placeholder] = true
		}
	}
	return names
}
