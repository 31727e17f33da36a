//go:build ignore

// Program generate packs the language files for the binary: of each only the texts, a line
// each in the order of the ids, compressed.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	languages := map[string]map[string]string{}
	for _, name := range glob("locales/*.json") {
		languages[strings.TrimSuffix(filepath.Base(name), ".json")] = read(name)
	}
	for _, name := range glob("packed/*.gz") {
		if languages[strings.TrimSuffix(filepath.Base(name), ".gz")] == nil {
			check(os.Remove(name))
		}
	}
	ids := slices.Sorted(maps.Keys(languages["en"]))
	var names []string
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		names = append(names, tag+" "+languages[tag]["language.name"])
		var texts []string
		for _, id := range ids {
			texts = append(texts, languages[tag][id])
		}
		compress("packed/"+tag+".gz", []byte(strings.Join(texts, "\n")))
	}
	list("packed/names.txt", names)
	list("packed/ids.txt", ids)
}

// read returns the texts of a file by id.
func read(name string) map[string]string {
	data, err := os.ReadFile(name)
	check(err)
	var messages map[string]json.RawMessage
	check(json.Unmarshal(data, &messages))
	texts := map[string]string{}
	for id, raw := range messages {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			var entry struct{ Other string }
			check(json.Unmarshal(raw, &entry))
			text = entry.Other
		}
		texts[id] = text
	}
	return texts
}

func list(name string, lines []string) {
	check(os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
}

// compress leaves a file alone that says the same already: another version of Go may
// compress it otherwise.
func compress(name string, data []byte) {
	if old, err := os.Open(name); err == nil {
		defer old.Close()
		if r, err := gzip.NewReader(old); err == nil {
			if said, err := io.ReadAll(r); err == nil && bytes.Equal(said, data) {
				return
			}
		}
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	check(err)
	_, err = w.Write(data)
	check(err)
	check(w.Close())
	check(os.WriteFile(name, b.Bytes(), 0o644))
}

func glob(pattern string) []string {
	names, err := filepath.Glob(pattern)
	check(err)
	return names
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
