package evidence

import (
	"math/bits"
	"time"
)

// What is seen counts for a minute, in pieces of ten seconds.
const (
	pieces     = 6
	pieceWidth = 10 * time.Second
	memoryTime = pieces * pieceWidth
)

// A window counts the exchanges of one upstream in the last minute.
type window [pieces]piece

type piece struct {
	number        int64 // of ten-second pieces since 1970; what is in an old one does not count
	passes, fails uint32
	unreached     uint32 // of the fails: those before a connection was there

	passing, failing visitors
}

const piecesPerDay = int64(24 * time.Hour / pieceWidth)

func numberOf(now time.Time) int64 { return now.Unix() / int64(pieceWidth/time.Second) }

// at returns the piece for a time, emptied if it was another's.
func (w *window) at(number int64) *piece {
	p := &w[uint64(number)%pieces]
	if p.number != number {
		*p = piece{number: number}
	}
	return p
}

func (w *window) pass(number int64, v Visitor) {
	p := w.at(number)
	p.passes++
	p.passing.add(v)
}

func (w *window) fail(number int64, v Visitor, unreached bool) {
	p := w.at(number)
	p.fails++
	if unreached {
		p.unreached++
	}
	p.failing.add(v)
}

// isCurrent reports a piece of the last minute; one of the future is left by a clock that
// was set back.
func isCurrent(number, now int64) bool { return number <= now && number > now-pieces }

// A sum is what the window holds at a time.
type sum struct {
	passes, fails, unreached int
	passing, failing         visitors // of today: yesterday's visitors cannot be compared
}

func (w *window) sum(number int64) sum {
	s := w.counts(number)
	for i := range w {
		if p := &w[i]; isCurrent(p.number, number) && p.number/piecesPerDay == number/piecesPerDay {
			s.passing.addAll(&p.passing)
			s.failing.addAll(&p.failing)
		}
	}
	return s
}

// counts is sum without the visitors.
func (w *window) counts(number int64) (s sum) {
	for i := range w {
		if p := &w[i]; isCurrent(p.number, number) {
			s.passes += int(p.passes)
			s.fails += int(p.fails)
			s.unreached += int(p.unreached)
		}
	}
	return s
}

// setWords is how many words of 64 bits make a set of visitors.
const setWords = 6

// visitors is a set of visitors that may take two for one (linear counting): exact enough
// for "nobody else", "some others", and always of the same size.
type visitors [setWords]uint64

func (s *visitors) add(v Visitor) {
	if v.known {
		word, bit := v.bit()
		s[word] |= bit
	}
}

func (s *visitors) addAll(more *visitors) {
	for i := range s {
		s[i] |= more[i]
	}
}

func (s *visitors) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// without counts the visitors but one.
func (s *visitors) without(v Visitor) int {
	word, bit := v.bit()
	others := *s
	others[word] &^= bit
	return others.count()
}
