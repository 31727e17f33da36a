package pages

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// AppendPrepared appends the page that [Site.Render] gives for a view, made of parts that
// are ready, and returns its Content-Security-Policy. With gzip the page is compressed
// (RFC 1952): its parts are so already, and no value of the view is, so that its length
// tells nothing of them. dst may be used for one page after another; the view stays as it is.
//
// It is not ok, and dst as it was, where the page must be rendered: for a brand with a Page
// or SlotsOf, a view with StatusOnly, slots that fail or were not rendered yet, while
// another page is being prepared, and where more kinds of pages are asked for than there is
// memory for. Of one kind are pages with the same links.
//
// Sites keep at most 1024 kinds and 8 MB, each by itself or together, see [Share].
func (s *Site) AppendPrepared(dst []byte, view *View, gzip bool) (page []byte, policy string, ok bool) {
	v := *view
	if v.StatusOnly || !v.Frame && (s.brand.Page != nil || s.brand.SlotsOf != nil && v.Request != nil) {
		return dst, "", false
	}
	v.clean()
	f := filling{view: &v, site: v.site(&s.brand)}
	k := s.variant(&v, f.site)
	body := s.prepared.get(&k)
	if body == nil && s.slotsReady(&v) {
		body = s.prepared.make(s, &k, &v)
	}
	if body == nil || body.runs == nil || !body.fits(&v) {
		return dst, "", false
	}
	if gzip {
		page, ok = body.appendGzip(dst, &f)
	} else {
		page, ok = body.appendPlain(dst, &f), true
	}
	if !ok {
		return dst, "", false
	}
	return page, body.policy, true
}

// room is what the facts of a page take, about.
const room = 2 << 10

func (k *skeleton) appendPlain(dst []byte, f *filling) []byte {
	dst = slices.Grow(dst, k.plain+room)
	from := 0
	for i := range k.runs {
		r := &k.runs[i]
		for _, p := range k.pieces[from:r.end] {
			dst = append(dst, p.plain...)
		}
		from = r.end
		if r.fact != noFact {
			dst = f.append(dst, r.place)
		}
	}
	return dst
}

const (
	// gzipHeader says DEFLATE, no name, no time, compressed well, an unknown system (RFC
	// 1952 §2.3).
	gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"

	// finalBlock is an empty last block with fixed codes (RFC 1951 §3.2.6).
	finalBlock = "\x03\x00"

	// storedBlock is the beginning of a stored block at the beginning of a byte (§3.2.4).
	storedBlock = "\x00"
)

// appendGzip joins blocks. A value is a stored block, of which the piece before it has the
// beginning.
func (k *skeleton) appendGzip(dst []byte, f *filling) (page []byte, ok bool) {
	dst = append(slices.Grow(dst, k.packed+room), gzipHeader...)
	var crc uint32
	from, size := 0, k.plain
	for i := range k.runs {
		r := &k.runs[i]
		crc = r.shift.over(crc) ^ r.crc
		for _, p := range k.pieces[from:r.end] {
			dst = append(dst, p.packed...)
		}
		if r.fact == noFact {
			break
		}
		if r.end > from {
			dst = dst[:len(dst)-len(emptyBlock)]
		} else {
			dst = append(dst, storedBlock...)
		}
		from = r.end
		dst = append(dst, emptyBlock...)
		at := len(dst)
		dst = f.append(dst, r.place)
		n := len(dst) - at
		if n > 0xffff {
			return nil, false
		}
		binary.LittleEndian.PutUint16(dst[at-4:], uint16(n))
		binary.LittleEndian.PutUint16(dst[at-2:], ^uint16(n))
		crc = crc32.Update(crc, crc32.IEEETable, dst[at:])
		size += n
	}
	dst = append(dst, finalBlock...)
	dst = binary.LittleEndian.AppendUint32(dst, crc)
	return binary.LittleEndian.AppendUint32(dst, uint32(size)), true
}
