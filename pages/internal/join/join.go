package join

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// A Joining is a page that is being written: the caller appends a value to Page for each Hole.
//
//	for j := t.Join(dst, gzip); j.Next(); {
//		j.Page = appendValue(j.Page, j.Hole)
//	}
//	page, ok := j.End()
type Joining struct {
	Page []byte
	Hole Hole

	template  *Template
	gzip      bool
	run, from int // the next run, and its first piece
	open      int // where the value begins that is being written; 0: none is
	crc       uint32
	size      int // of the page that a client unpacks
	tooLong   bool
}

// room is what the values of a page take, about.
const room = 2 << 10

const (
	// gzipHeader says DEFLATE, no name, no time, compressed well, an unknown system (RFC
	// 1952 §2.3).
	gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"

	// finalBlock is an empty last block with fixed codes (RFC 1951 §3.2.6).
	finalBlock = "\x03\x00"

	// storedBlock is the beginning of a stored block at the beginning of a byte (§3.2.4).
	storedBlock = "\x00"

	// maxStored is the longest stored block.
	maxStored = 0xffff
)

// Join begins a page behind what is in dst. With gzip the page is compressed (RFC 1952): its
// pieces are so already, and no value is, so that its length tells nothing of the values.
func (t *Template) Join(dst []byte, gzip bool) Joining {
	j := Joining{Page: dst, template: t, gzip: gzip, size: t.plain}
	if gzip {
		j.Page = append(slices.Grow(dst, t.packed+room), gzipHeader...)
	} else {
		j.Page = slices.Grow(dst, t.plain+room)
	}
	return j
}

// Next writes what stands before the next hole. At the end of the page there is none.
func (j *Joining) Next() bool {
	j.closeValue()
	r := &j.template.runs[j.run]
	pieces := j.template.pieces[j.from:r.end]
	j.run, j.from, j.Hole = j.run+1, r.end, r.Hole
	if !j.gzip {
		for _, p := range pieces {
			j.Page = append(j.Page, p.plain...)
		}
		return r.Value != noHole
	}
	j.crc = r.shift.over(j.crc) ^ r.crc
	for _, p := range pieces {
		j.Page = append(j.Page, p.packed...)
	}
	if r.Value == noHole {
		return false
	}
	// A value is a stored block. The piece before it ends with an empty one: the length of
	// that is written anew, with the value.
	if len(pieces) > 0 {
		j.Page = j.Page[:len(j.Page)-len(emptyBlock)]
	} else {
		j.Page = append(j.Page, storedBlock...)
	}
	j.Page = append(j.Page, emptyBlock...)
	j.open = len(j.Page)
	return true
}

// closeValue writes the length of the value before itself.
func (j *Joining) closeValue() {
	if j.open == 0 {
		return
	}
	n := len(j.Page) - j.open
	j.tooLong = j.tooLong || n > maxStored
	binary.LittleEndian.PutUint16(j.Page[j.open-4:], uint16(n))
	binary.LittleEndian.PutUint16(j.Page[j.open-2:], ^uint16(n))
	j.crc = crc32.Update(j.crc, crc32.IEEETable, j.Page[j.open:])
	j.size += n
	j.open = 0
}

// End returns the page, when there is no further hole. It is not ok where a value was longer
// than gzip can hold in one block.
func (j *Joining) End() (page []byte, ok bool) {
	if j.gzip {
		j.Page = append(j.Page, finalBlock...)
		j.Page = binary.LittleEndian.AppendUint32(j.Page, j.crc)
		j.Page = binary.LittleEndian.AppendUint32(j.Page, uint32(j.size))
	}
	return j.Page, !j.tooLong
}
