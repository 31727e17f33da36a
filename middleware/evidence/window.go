package evidence

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// What is seen counts for a minute, in pieces of ten seconds.
const (
	pieces     = 6
	pieceWidth = 10 * time.Second
	memoryTime = pieces * pieceWidth
)

// A window counts the exchanges of one upstream in the last minute. All of it is atomic: a
// count that is lost when a piece is begun anew does not matter.
type window struct {
	pieces [pieces]piece
}

type piece struct {
	number          atomic.Int64 // of ten-second pieces since 1970; what is in an old one does not count
	passes, fails   atomic.Uint32
	unreached       atomic.Uint32 // of the fails: those before a connection was there
	passing         visitors
	failing, failed visitors // once, and again
}

func numberOf(now time.Time) int64 { return now.Unix() / int64(pieceWidth/time.Second) }

// at returns the piece for a time, emptied if it was another's.
func (w *window) at(number int64) *piece {
	p := &w.pieces[uint64(number)%pieces]
	if old := p.number.Load(); old != number && p.number.CompareAndSwap(old, number) {
		p.passes.Store(0)
		p.fails.Store(0)
		p.unreached.Store(0)
		for _, v := range []*visitors{&p.passing, &p.failing, &p.failed} {
			v.clear()
		}
	}
	return p
}

func (w *window) pass(number int64, v Visitor) {
	p := w.at(number)
	p.passes.Add(1)
	p.passing.add(v)
}

func (w *window) fail(number int64, v Visitor, unreached bool) {
	again := false
	for i := range w.pieces {
		p := &w.pieces[i]
		again = again || isCurrent(p.number.Load(), number) && p.failing.has(v)
	}
	p := w.at(number)
	p.fails.Add(1)
	if unreached {
		p.unreached.Add(1)
	}
	p.failing.add(v)
	if again {
		p.failed.add(v)
	}
}

// isCurrent reports a piece of the last minute; one of the future is left by a clock that
// was set back.
func isCurrent(number, now int64) bool { return number <= now && number > now-pieces }

// A sum is what the window holds at a time.
type sum struct {
	passes, fails, unreached int
	passing, failing, failed [words]uint64
}

func (w *window) sum(number int64) (s sum) {
	for i := range w.pieces {
		p := &w.pieces[i]
		if !isCurrent(p.number.Load(), number) {
			continue
		}
		s.passes += int(p.passes.Load())
		s.fails += int(p.fails.Load())
		s.unreached += int(p.unreached.Load())
		p.passing.into(&s.passing)
		p.failing.into(&s.failing)
		p.failed.into(&s.failed)
	}
	return s
}

// counts returns how many exchanges there were, without looking at visitors.
func (w *window) counts(number int64) (passes, unreached int) {
	for i := range w.pieces {
		if p := &w.pieces[i]; isCurrent(p.number.Load(), number) {
			passes += int(p.passes.Load())
			unreached += int(p.unreached.Load())
		}
	}
	return passes, unreached
}

// words of 64 bits make a set of visitors.
const words = 8

// visitors is a set of visitors that may take two for one (linear counting): exact enough
// for "nobody else", "some others", and always of the same size.
type visitors [words]atomic.Uint64

func (s *visitors) add(v Visitor) {
	if !v.known {
		return
	}
	if word, bit := v.place(); s[word].Load()&bit == 0 {
		s[word].Or(bit)
	}
}

func (s *visitors) has(v Visitor) bool {
	word, bit := v.place()
	return v.known && s[word].Load()&bit != 0
}

func (s *visitors) clear() {
	for i := range s {
		s[i].Store(0)
	}
}

func (s *visitors) into(all *[words]uint64) {
	for i := range s {
		all[i] |= s[i].Load()
	}
}

// others counts the visitors of a set without one.
func others(set [words]uint64, v Visitor) (n int) {
	word, bit := v.place()
	set[word] &^= bit
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	return n
}

func includes(set [words]uint64, v Visitor) bool {
	word, bit := v.place()
	return v.known && set[word]&bit != 0
}
