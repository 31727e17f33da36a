package i18n

import "golang.org/x/text/language"

// A Language is one language of a [Catalogue], ready for use. It is never changed
// after it was loaded.
type Language struct {
	Tag  string // BCP 47 tag, as in <html lang> and Content-Language
	Name string // its own name, such as "Deutsch"
	Dir  string // "ltr" or "rtl"

	tag   language.Tag
	files []*file // its own messages, its parents', the English ones; an operator's before ours
}

// Message returns the message with that id. An unknown id gives nil: a test holds the
// ids that pages use against the English file, so no visitor meets one.
func (l *Language) Message(id string) Message { return cut(l.text(id)) }

// Text returns the message with that id as plain text; for values see [Message.String].
func (l *Language) Text(id string, values ...string) string { return fill(l.text(id), values) }

// text returns the text of the nearest file that has the message.
func (l *Language) text(id string) string {
	for _, f := range l.files {
		if text := f.read().get(id); text != "" {
			return text
		}
	}
	return ""
}

// rightToLeft lists the scripts that run from right to left (Unicode, bidi class R or AL).
var rightToLeft = map[string]bool{
	"Arab": true, "Hebr": true, "Thaa": true, "Syrc": true, "Nkoo": true, "Adlm": true,
	"Rohg": true, "Mand": true, "Samr": true, "Mend": true, "Armi": true,
}

// rightToLeftBases are languages that x/text knows no script for.
var rightToLeftBases = map[string]bool{
	"prs": true, "sam": true, "mnd": true, "azb": true, "aii": true, "jpr": true,
}

func direction(tag language.Tag) string {
	base, script, _ := tag.Raw()
	if script == (language.Script{}) && rightToLeftBases[base.String()] {
		return "rtl"
	}
	if script, _ := tag.Script(); rightToLeft[script.String()] {
		return "rtl"
	}
	return "ltr"
}
