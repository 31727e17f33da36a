package i18n

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/binary"
	"io"
	"strings"
	"sync"
)

//go:generate go run generate.go

// What generate.go made of the language files; a test holds it against them.
var (
	//go:embed packed/names.txt
	builtinNames string // a line for each language: tag, blank, name
	//go:embed packed/ids.txt
	builtinIDs string // a line each
	//go:embed packed/*.gz
	builtin embed.FS // the texts of a language, a line each, in the order of the ids
)

const (
	reference = "en"            // the language that the others are held against
	nameID    = "language.name" // the message that every language must have itself
)

// builtinFiles opens the embedded files once per process, as New may be called often.
// Nobody may change what it returns.
var builtinFiles = sync.OnceValue(openBuiltin)

// openBuiltin reads no texts: hardly any gateway meets visitors of all languages. What was
// read stays, some 15 KB for each language that was wanted.
func openBuiltin() map[string][]*file {
	numbers := numbered(strings.Fields(builtinIDs))
	files := map[string][]*file{}
	for line := range strings.Lines(builtinNames) {
		tag, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[tag] = []*file{{name: name, read: sync.OnceValue(func() *packed {
			return pack(unpack(tag), numbers)
		})}}
	}
	return files
}

// unpack returns the texts of a language; none where the file is missing or broken, with
// which no test passes.
func unpack(tag string) []string {
	data, err := builtin.ReadFile("packed/" + tag + ".gz")
	if err != nil {
		return nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	text := make([]byte, binary.LittleEndian.Uint32(data[len(data)-4:])) // RFC 1952 §2.3.1: ISIZE
	if _, err := io.ReadFull(r, text); err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}
