package join

import (
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"sync"
	"unsafe"
)

// A piece is constant text that pages are made of, as it is and compressed. Pages of all
// sites share pieces.
type piece struct {
	plain string

	// packed is the text as blocks of DEFLATE (RFC 1951 §3.2) that refer to nothing before
	// them. They end with an empty stored block, so at the end of a byte: whatever blocks
	// may follow. Its last four bytes are the length of that block and its complement
	// (§3.2.4): with others in their place, the block holds a value.
	packed []byte

	uses int // by variants in the store
}

const emptyBlock = "\x00\x00\xff\xff" // LEN and NLEN

// weight is what a piece takes of memory, about.
func (p *piece) weight() int { return len(p.plain) + len(p.packed) + int(unsafe.Sizeof(*p)) + 64 }

// packers are compressors, which are a megabyte each: what is idle goes at the next
// garbage collection.
var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestCompression) // there is such a level
	return w
}}

// pack compresses a text. It may refer to the one before, which is not in what is returned.
func pack(before, text string) ([]byte, error) {
	w, _ := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	start := 0
	for _, part := range []string{before, text} {
		start = b.Len()
		if part == "" {
			continue
		}
		if _, err := io.WriteString(w, part); err != nil {
			return nil, err
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	packed := b.Bytes()[start:]
	if !bytes.HasSuffix(packed, []byte(emptyBlock)) {
		return nil, errUncut
	}
	return bytes.Clone(packed), nil
}

func newPiece(text string) (*piece, error) {
	packed, err := pack("", text)
	return &piece{plain: strings.Clone(text), packed: packed}, err
}
