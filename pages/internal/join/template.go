package join

import (
	"errors"
	"hash/crc32"
	"regexp"
	"slices"
	"unsafe"
)

// A Template is the pages that differ in nothing but values.
type Template struct {
	Policy string // Content-Security-Policy of the pages

	pieces        []*piece // of all runs
	runs          []run
	plain, packed int // bytes of all pieces
}

// A run is some pieces with the hole that follows them; the last one has none.
type run struct {
	Hole
	end   int // of its pieces
	crc   uint32
	shift shift // past the pieces
}

// MaxPage is the longest page in bytes that is cut.
const MaxPage = 256 << 10

var errUncut = errors.New("join: the page cannot be cut into pieces")

// newTemplate cuts a page at its marks, and at borders: more is shared between templates then,
// and it is compressed less well. intern gives the piece of a text.
func newTemplate(page string, e Escapes, borders *regexp.Regexp, intern func(text string) (*piece, error)) (*Template, error) {
	list, ok := e.cut(page)
	if !ok || len(page) > MaxPage {
		return nil, errUncut
	}
	t := &Template{runs: make([]run, 0, len(list))}
	for _, s := range list {
		for _, text := range cutBefore(s.text, borders.FindAllStringIndex(s.text, -1)) {
			p, err := intern(text)
			if err != nil {
				return nil, err
			}
			t.pieces = append(t.pieces, p)
			t.packed += len(p.packed)
		}
		t.plain += len(s.text)
		t.runs = append(t.runs, run{
			Hole: s.Hole, end: len(t.pieces), crc: crc32.ChecksumIEEE([]byte(s.text)), shift: shiftOf(len(s.text)),
		})
	}
	t.pieces = slices.Clip(t.pieces)
	return t, nil
}

// allPieces are those of all runs; a template that is not there has none.
func (t *Template) allPieces() []*piece {
	if t == nil {
		return nil
	}
	return t.pieces
}

// weight is what a template takes of memory without its pieces, about.
func (t *Template) weight() int {
	if t == nil {
		return 128
	}
	return int(unsafe.Sizeof(*t)) + 128 + len(t.runs)*int(unsafe.Sizeof(run{})) + len(t.pieces)*8 + len(t.Policy)
}
