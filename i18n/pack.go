package i18n

import (
	"maps"
	"slices"
	"strings"
)

// pack lays the messages of each file out in two pieces of memory; an id is there once for all
// files. As they were read they are tens of thousands of pieces, which the garbage
// collector would visit one by one for as long as the program runs.
func pack(files map[string]map[string]Message) {
	ids := map[string]string{}
	for tag, messages := range files {
		if messages == nil {
			continue // it could not be read
		}
		packed := make(map[string]Message, len(messages))
		text, segments := joined(messages)
		space := make([]Segment, 0, segments)
		take := func(s string) string {
			s, text = text[:len(s)], text[len(s):]
			return s
		}
		for _, id := range slices.Sorted(maps.Keys(messages)) {
			begin := len(space)
			for _, s := range messages[id] {
				space = append(space, Segment{Text: take(s.Text), Placeholder: take(s.Placeholder)})
			}
			if _, there := ids[id]; !there {
				ids[id] = strings.Clone(id)
			}
			packed[ids[id]] = Message(slices.Clip(space[begin:]))
		}
		files[tag] = packed
	}
}

// joined returns all text of a file, in the order of its ids, and how many segments it has.
func joined(messages map[string]Message) (text string, segments int) {
	var texts []string
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		segments += len(messages[id])
		for _, s := range messages[id] {
			texts = append(texts, s.Text, s.Placeholder)
		}
	}
	return strings.Join(texts, ""), segments
}
