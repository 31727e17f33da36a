package i18n

import (
	"maps"
	"slices"
	"strings"
)

// packed are the messages of one file as they are written there, one after another. The
// garbage collector visits every pointer for as long as the program runs; here are no more
// than a few, however many messages there are.
type packed struct {
	numbers map[string]int // by id: where in ends, of all files that were read together
	ends    []uint32       // of the messages in text; those that the file lacks have no text
	text    string
}

// get returns the text of a message; none: the file lacks it.
func (p *packed) get(id string) string {
	n, known := p.numbers[id]
	if !known {
		return ""
	}
	return p.text[p.ends[n]:p.ends[n+1]]
}

// A chain is the files where a message is looked for, one after another.
type chain []*packed

// get returns the text of the first file that has one under any of the ids: a plural form and
// its message, as the right form of another language is worth less.
func (c chain) get(ids ...string) string {
	for _, p := range c {
		for _, id := range ids {
			if text := p.get(id); text != "" {
				return text
			}
		}
	}
	return ""
}

// pack packs files, by tag, without those that could not be read.
func pack(files map[string]map[string]string) map[string]*packed {
	numbers := map[string]int{}
	for _, messages := range files {
		for id := range messages {
			numbers[id] = 0
		}
	}
	ids := slices.Sorted(maps.Keys(numbers))
	for n, id := range ids {
		numbers[id] = n
	}
	all := map[string]*packed{}
	for tag, messages := range files {
		if messages == nil {
			continue
		}
		var text strings.Builder
		ends := make([]uint32, 1, len(ids)+1)
		for _, id := range ids {
			text.WriteString(messages[id])
			ends = append(ends, uint32(text.Len()))
		}
		all[tag] = &packed{numbers: numbers, ends: ends, text: strings.Clone(text.String())}
	}
	return all
}
