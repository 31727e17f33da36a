package join

import (
	"crypto/rand"
	"slices"
	"strings"
)

// A Hole is where a value stands in a page: which one, and how it is written there.
type Hole struct {
	Value uint8 // as in [Mark]
	Way   uint8 // of the [Escapes]
}

// noHole is the value of the hole at the end of a page, where none is.
const noHole = 0xff

// A mark stands for a value in a page that is rendered to be cut. The name of the mark is
// random: no text has it by chance, and nobody can send it. Before the name are two
// characters that each way of writing a value leaves in another form.
const markSigns = "\ue000["

var markName = rand.Text()

// maxValue is the highest number of a value: they are letters in marks.
const maxValue = 'z' - 'a'

// Mark is what stands for a value, a number from 0 to 25, in a page that is to be cut.
func Mark(value uint8) string { return markSigns + markName + string('a'+rune(value)) }

// Escapes are the ways in which a page writes values: each of them byte by byte.
type Escapes []way

type way struct {
	written [256]string // for a byte; empty: the byte itself
	signs   string      // markSigns, written so
}

// NewEscapes reads the ways off functions, which must write each byte of a text by itself.
func NewEscapes(ways ...func(text string) string) Escapes {
	e := make(Escapes, len(ways))
	for i, write := range ways {
		e[i].signs = write(markSigns)
		for b := range 256 {
			plain := string([]byte{byte(b)})
			if w := write(plain); w != plain {
				e[i].written[b] = w
			}
		}
	}
	return e
}

// Append writes a value in a way.
func (e Escapes) Append(dst []byte, way uint8, value string) []byte {
	table := &e[way].written
	plain := 0
	for i := 0; i < len(value); i++ {
		if w := table[value[i]]; w != "" {
			dst = append(append(dst, value[plain:i]...), w...)
			plain = i + 1
		}
	}
	return append(dst, value[plain:]...)
}

// A section is constant text with the hole that follows it; the last one has none.
type section struct {
	text string
	Hole
}

// cut divides a page at its marks. It is not ok where a mark was written in a way that nobody
// knows.
func (e Escapes) cut(page string) (list []section, ok bool) {
	for {
		text, rest, found := strings.Cut(page, markName)
		if !found {
			return append(list, section{text: text, Hole: Hole{Value: noHole}}), true
		}
		s := section{}
		if s.text, s.Way, ok = e.wayOf(text); !ok || rest == "" {
			return nil, false
		}
		if s.Value = rest[0] - 'a'; s.Value > maxValue {
			return nil, false
		}
		list, page = append(list, s), rest[1:]
	}
}

// wayOf takes the signs of a mark off the end of a text: the longest that are there, as those
// of one way may end with those of another.
func (e Escapes) wayOf(text string) (before string, way uint8, ok bool) {
	longest := 0
	for i := range e {
		if signs := e[i].signs; len(signs) > longest && strings.HasSuffix(text, signs) {
			longest, way = len(signs), uint8(i)
		}
	}
	return text[:len(text)-longest], way, longest > 0
}

// cutBefore divides a text before each of the places of borders. Empty text has no parts.
func cutBefore(text string, borders [][]int) (parts []string) {
	for _, at := range slices.Backward(borders) {
		if at[0] > 0 {
			text, parts = text[:at[0]], append(parts, text[at[0]:])
		}
	}
	if text != "" {
		parts = append(parts, text)
	}
	slices.Reverse(parts)
	return parts
}
