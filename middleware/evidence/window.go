package evidence

import (
	"math"
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
// count that is lost when a piece is begun anew does not matter. The counts of all pieces
// lie side by side, and so do the sets: that is less memory to fetch.
type window struct {
	pieces           [pieces]piece
	passing, failing [pieces]visitors
}

type piece struct {
	number        atomic.Int64 // of ten-second pieces since 1970; what is in an old one does not count
	passes, fails atomic.Uint32
	unreached     atomic.Uint32 // of the fails: those before a connection was there
}

// emptied is the number of a piece that somebody is just emptying: it counts for nobody.
const emptied = math.MinInt64

const piecesPerDay = int64(24 * time.Hour / pieceWidth)

func numberOf(now time.Time) int64 { return now.Unix() / int64(pieceWidth/time.Second) }

// at returns the piece for a time and its index, emptied if it was another's.
func (w *window) at(number int64) (p *piece, i uint64) {
	i = uint64(number) % pieces
	p = &w.pieces[i]
	if old := p.number.Load(); old != number && old != emptied && p.number.CompareAndSwap(old, emptied) {
		p.passes.Store(0)
		p.fails.Store(0)
		p.unreached.Store(0)
		w.passing[i].clear()
		w.failing[i].clear()
		p.number.Store(number)
	}
	return p, i
}

func (w *window) pass(number int64, v Visitor) {
	p, i := w.at(number)
	p.passes.Add(1)
	w.passing[i].add(v)
}

func (w *window) fail(number int64, v Visitor, unreached bool) {
	p, i := w.at(number)
	p.fails.Add(1)
	if unreached {
		p.unreached.Add(1)
	}
	w.failing[i].add(v)
}

// isCurrent reports a piece of the last minute; one of the future is left by a clock that
// was set back.
func isCurrent(number, now int64) bool { return number <= now && number > now-pieces }

// A sum is what the window holds at a time.
type sum struct {
	passes, fails, unreached int
	passing, failing         [words]uint64 // of today: yesterday's visitors cannot be compared
}

func (w *window) sum(number int64) (s sum) {
	for i := range w.pieces {
		p := &w.pieces[i]
		if !isCurrent(p.number.Load(), number) {
			continue
		}
		passes, fails := int(p.passes.Load()), int(p.fails.Load())
		s.passes += passes
		s.fails += fails
		s.unreached += int(p.unreached.Load())
		if p.number.Load()/piecesPerDay != number/piecesPerDay {
			continue
		}
		if passes > 0 {
			w.passing[i].into(&s.passing)
		}
		if fails > 0 {
			w.failing[i].into(&s.failing)
		}
	}
	return s
}

// counts is sum without the visitors.
func (w *window) counts(number int64) (s sum) {
	for i := range w.pieces {
		if p := &w.pieces[i]; isCurrent(p.number.Load(), number) {
			s.passes += int(p.passes.Load())
			s.fails += int(p.fails.Load())
			s.unreached += int(p.unreached.Load())
		}
	}
	return s
}

// words of 64 bits make a set of visitors.
const words = 6

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

func (s *visitors) count() (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i].Load())
	}
	return n
}

func (s *visitors) clear() {
	for i := range s {
		if s[i].Load() != 0 { // a store costs more
			s[i].Store(0)
		}
	}
}

func (s *visitors) into(all *[words]uint64) {
	for i := range s {
		all[i] |= s[i].Load()
	}
}

// others counts the visitors of a set without one.
func others(set *[words]uint64, v Visitor) (n int) {
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	if word, bit := v.place(); set[word]&bit != 0 {
		n--
	}
	return n
}
