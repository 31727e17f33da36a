package i18n

import "strings"

// packed are the messages of one file as they are written there, one after another. The
// garbage collector visits every pointer for as long as the program runs; here are no more
// than a few, however many messages there are.
type packed struct {
	numbers map[string]int // by id, of all there are
	ends    []uint32       // in text, by number; what the file lacks has no text
	text    string
}

// get returns the text of a message; none: the file lacks it.
func (p *packed) get(id string) string {
	n, known := p.numbers[id]
	if !known || n+1 >= len(p.ends) {
		return ""
	}
	return p.text[p.ends[n]:p.ends[n+1]]
}

// numbered gives each id a number, its place.
func numbered(ids []string) map[string]int {
	numbers := make(map[string]int, len(ids))
	for n, id := range ids {
		numbers[id] = n
	}
	return numbers
}

// pack packs texts that stand in the order of their numbers.
func pack(texts []string, numbers map[string]int) *packed {
	p := &packed{numbers: numbers, ends: make([]uint32, 1, 1+len(texts)), text: strings.Join(texts, "")}
	var end int
	for _, text := range texts {
		end += len(text)
		p.ends = append(p.ends, uint32(end))
	}
	return p
}

// packMessages packs the messages of a file that have a number.
func packMessages(messages map[string]string, numbers map[string]int) *packed {
	texts := make([]string, len(numbers))
	for id, text := range messages {
		if n, known := numbers[id]; known {
			texts[n] = text
		}
	}
	return pack(texts, numbers)
}
