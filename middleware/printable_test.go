package middleware

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPrintable: what somebody else chose goes into a record as it is, where it can be shown.
func TestPrintable(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", `a "quoted" \ text`, `a "quoted" \ text`},
		{"letters of other scripts", "Größe 大", "Größe 大"},
		{"the end of a line", "a\r\nb", "a<U+000D><U+000A>b"},
		{"a command to a terminal", "\x1b[2J\u009b2J", "<U+001B>[2J<U+009B>2J"},
		{"a change of direction", "\u202eabc", "<U+202E>abc"},
		{"bytes that are no UTF-8", "a\xff\xc3", "a<FF><C3>"},
		{"the rune for what cannot be shown", "\ufffd", "\ufffd"},
		{"too long", strings.Repeat("a", 25), strings.Repeat("a", 24) + "…"},
		{"too long, with a rune at the end", strings.Repeat("a", 23) + "大", strings.Repeat("a", 23) + "…"},
		{"too long once it can be shown", strings.Repeat("\x00", 5), "<U+0000><U+0000><U+0000>…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := printable(c.text, 24); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestAppendEscaped: each field of a line of the access log is bounded as it is written.
func TestAppendEscaped(t *testing.T) {
	for name, value := range map[string]string{
		"short":                      `a "b" \ c`,
		"long":                       strings.Repeat("a", 1<<20),
		"long, of bytes":             strings.Repeat("\x80", 1<<20),
		"long, of quotes":            strings.Repeat(`"`, 1<<20),
		"long, of runes":             strings.Repeat("大", 1<<20),
		"long, of runes, a byte off": "a" + strings.Repeat("大", 1<<20),
		"long, of emoji":             "ab" + strings.Repeat("😀", 1<<20),
		"a bound of runes":           strings.Repeat("😀", maxShown/4),
	} {
		t.Run(name, func(t *testing.T) {
			line := string(appendEscaped([]byte("before "), value))
			text := strings.TrimPrefix(line, "before ")
			if len(text) > maxShown+3 || !isPlain(text) || strings.HasSuffix(text, `\...`) {
				t.Errorf("%d bytes: …%s", len(text), text[max(0, len(text)-40):])
			}
			if strings.HasPrefix(name, "long, of ") && len(text) < maxShown-10 {
				t.Errorf("%d bytes are few", len(text))
			}
			if utf8.ValidString(value) && strings.Contains(text, `\x`) {
				t.Errorf("a rune is cut: …%s", text[max(0, len(text)-40):])
			}
		})
	}
}

// TestCauseIsEscapedOnce: by the log's handler, whichever it is.
func TestCauseIsEscapedOnce(t *testing.T) {
	err := errors.New("malformed HTTP response \"\\x16\\x03\"\n")
	for _, c := range []struct {
		handler func(*bytes.Buffer) slog.Handler
		want    string
	}{
		{func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) }, `cause="malformed HTTP response \"\\x16\\x03\"<U+000A>"`},
		{func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) }, `"cause":"malformed HTTP response \"\\x16\\x03\"<U+000A>"`},
	} {
		var out bytes.Buffer
		slog.New(c.handler(&out)).LogAttrs(t.Context(), slog.LevelInfo, "", field("cause", cause(err)))
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s, want %s", &out, c.want)
		}
	}
}
