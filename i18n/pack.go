package i18n

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
)

// packed are the messages of one file as they are written there, one after another. The
// garbage collector visits every pointer for as long as the program runs; here are no more
// than a few, however many messages there are.
type packed struct {
	numbers map[string]int // by id, of all there are
	ends    []uint32       // in text, by number and form; what the file lacks has no text
	text    string
}

// get returns the text of a message in a form; none: the file lacks it.
func (p *packed) get(id string, form plural.Form) string {
	n, known := p.numbers[id]
	if !known {
		return ""
	}
	n = n*len(categories) + int(form)
	return p.text[p.ends[n]:p.ends[n+1]]
}

// numbered gives each id of a file a number.
func numbered(messages map[string]forms) map[string]int {
	numbers := make(map[string]int, len(messages))
	for n, id := range slices.Sorted(maps.Keys(messages)) {
		numbers[id] = n
	}
	return numbers
}

// pack packs the messages of a file that have a number.
func pack(messages map[string]forms, numbers map[string]int) *packed {
	ordered := make([]forms, len(numbers))
	for id, texts := range messages {
		if n, known := numbers[id]; known {
			ordered[n] = texts
		}
	}
	p := &packed{numbers: numbers, ends: make([]uint32, 1, 1+len(numbers)*len(categories))}
	var all strings.Builder
	for _, texts := range ordered {
		for _, text := range texts {
			all.WriteString(text)
			p.ends = append(p.ends, uint32(all.Len()))
		}
	}
	p.text = strings.Clone(all.String()) // without the room to grow
	return p
}
