package pages

import (
	"crypto/rand"
	"strings"

	"github.com/a-h/templ"
)

// A place is where a fact stands in a page, and how it is written there.
type place struct {
	fact fact
	form form
}

// A form is how a value is written.
type form uint8

const (
	inText form = iota // of an element or attribute
	inMail             // in a mailto URI, in an attribute
)

// A mark stands for a fact in a page that is rendered to be cut. The name of the mark is
// random: no text has it by chance, and nobody can send it. Before the name are two
// characters that each way of writing a value leaves in another form.
const markSigns = "\ue000["

var markName = rand.Text()

func mark(f fact) string { return markSigns + markName + string('a'+rune(f)) }

// signs are the two characters as they are found, longest first.
var signs = []struct {
	text string
	form form
}{{mailText.Replace(markSigns), inMail}, {markSigns, inText}}

// A stretch is constant text with the place that follows it; the last one has none.
type stretch struct {
	text string
	place
}

// stretches cuts a page at its marks. It is not ok where a mark was written in a way that
// nobody knows.
func stretches(page string) (list []stretch, ok bool) {
	for {
		text, rest, found := strings.Cut(page, markName)
		if !found {
			return append(list, stretch{text: text, place: place{fact: noFact}}), true
		}
		s := stretch{place: place{fact: fact(rest[0] - 'a')}}
		known := false
		for _, sign := range signs {
			if before, cut := strings.CutSuffix(text, sign.text); cut {
				s.text, s.form, known = before, sign.form, true
				break
			}
		}
		if !known || s.fact >= factCount {
			return nil, false
		}
		list, page = append(list, s), rest[1:]
	}
}

// appendTo writes a value as templ does, and as [page.mail] does before.
func (f form) appendTo(dst []byte, value string) []byte {
	table := &written[f]
	plain := 0
	for i := 0; i < len(value); i++ {
		if e := table[value[i]]; e != "" {
			dst = append(append(dst, value[plain:i]...), e...)
			plain = i + 1
		}
	}
	return append(dst, value[plain:]...)
}

// written are what is written for a byte, by form; empty: the byte itself.
var written = func() (t [2][256]string) {
	for i := range 256 {
		b := string([]byte{byte(i)})
		for f, write := range []func(string) string{
			inText: templ.EscapeString[string],
			inMail: func(s string) string { return templ.EscapeString(mailText.Replace(s)) },
		} {
			if w := write(b); w != b {
				t[f][i] = w
			}
		}
	}
	return t
}()
