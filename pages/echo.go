package pages

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

// The links of the language switcher are alike, and each names the reference. The texts
// between are too short to be compressed well alone. But as a usual reference is of one
// length, DEFLATE can copy it from a fixed distance (RFC 1951 §3.2.5): the first one is
// stored, as every value is, and then all links are one text, in which the others are
// echoes of it.
//
// That text is compressed with a dummy in their place. That it copies the reference
// wherever it stands, and has no byte of the dummy, is tried with another one.
const (
	echoed     = len("7KQ2-M9XD")
	dummy      = "\x01\x02\x03\x04\x05\x06\x07\x08\x0b"
	otherDummy = "\x0e\x0f\x10\x11\x12\x13\x14\x15\x16"
)

// echoes reports a reference of that length which is the same in every form.
func echoes(reference string) bool {
	return len(reference) == echoed && !strings.ContainsFunc(reference, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z')
	})
}

// An echo is a row of runs in one text, each with a reference behind it.
type echo struct {
	packed []byte
	end    int // of the runs

	// The checksum after it follows from that before and that of the reference: the whole row
	// is a linear map of them.
	shift, references shift
	crc               uint32
}

// newEcho compresses the texts of runs, each with a reference behind it. They stand behind the
// first reference, and may refer to the text before that. Nil: they have no echo.
func newEcho(before string, texts []string) *echo {
	packed, err := pack(before+dummy, strings.Join(texts, dummy)+dummy)
	if err != nil {
		return nil
	}
	r := flate.NewReaderDict(io.MultiReader(bytes.NewReader(packed), strings.NewReader(finalBlock)), []byte(before+otherDummy))
	got, err := io.ReadAll(r)
	if err != nil || string(got) != strings.Join(texts, otherDummy)+otherDummy {
		return nil
	}
	e := &echo{packed: packed}
	behind := 0 // the reference
	var powers uint32
	for _, text := range slices.Backward(texts) {
		powers ^= powerOf(behind)
		toEnd := shiftOf(behind + echoed)
		e.crc ^= toEnd.over(crc32.ChecksumIEEE([]byte(text)))
		behind += echoed + len(text)
	}
	e.shift, e.references = shiftOf(behind), shiftBy(powers)
	return e
}

// checksum is that after the echo.
func (e *echo) checksum(before, reference uint32) uint32 {
	return e.shift.over(before) ^ e.references.over(reference) ^ e.crc
}

// addEchoes compresses anew each row of runs that have the same place as the run before.
func (k *skeleton) addEchoes(list []stretch) {
	for from := 1; from < len(list); from++ {
		if list[from-1].fact != factReference {
			continue
		}
		end := from
		var texts []string
		for ; end < len(list) && list[end].fact == factReference; end++ {
			texts = append(texts, list[end].text)
		}
		if end == from {
			continue
		}
		before := ""
		if list[from-1].text != "" {
			before = k.pieces[k.runs[from-1].end-1].plain
		}
		if e := newEcho(before, texts); e != nil {
			e.end = end
			k.runs[from].echo = e
			k.packed += len(e.packed)
		}
		from = end - 1
	}
}
