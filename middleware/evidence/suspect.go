package evidence

import (
	"sync/atomic"
	"time"
)

// A suspect is the visitor who failed last. It counts how often in a row nobody but this
// one failed while others got what was asked for, at the same path. It is exact where the
// sets of a window are not: nobody is blamed for a collision, or for passes from before
// an outage.
type suspect struct {
	failed time.Time // the last time
	others time.Time // when anybody else failed last
	turns  int       // failures with enough passes of others before each, after the first

	// What requests that pass look at.
	visitor atomic.Uint64 // its hash
	place   atomic.Uint64 // where it failed; 0: nobody did
	since   atomic.Int64  // the time of the last failure, in Unix nanoseconds
	passed  atomic.Bool   // it did itself
	passing visitors      // at that place, since the last turn
}

// enoughPasses is how many others must pass between two failures.
const enoughPasses = 5

// fail notes a failure and returns the turns.
func (s *suspect) fail(v Visitor, place uint64, now time.Time) int {
	switch {
	case !v.known || v.hash != s.visitor.Load():
		s.others = s.failed
		s.restart(v, place)
	case place != s.place.Load(), s.passed.Load(), now.Sub(s.failed).Abs() > memoryTime, s.othersFailed(now):
		s.restart(v, place)
	case s.passing.count() >= enoughPasses:
		s.turns++
		s.passing.clear()
	}
	s.failed = now
	s.since.Store(now.UnixNano())
	return s.turns
}

func (s *suspect) restart(v Visitor, place uint64) {
	s.turns = 0
	s.visitor.Store(v.hash)
	if s.place.Load() != place { // a store costs more
		s.place.Store(place)
	}
	if s.passed.Load() {
		s.passed.Store(false)
	}
	s.passing.clear()
}

// othersFailed reports it of the last minute; where the clock was set back, nobody knows.
func (s *suspect) othersFailed(now time.Time) bool {
	return !s.others.IsZero() && now.Sub(s.others) <= memoryTime
}

// pass notes that an exchange went well. That costs next to nothing: the place is only
// asked for where somebody failed.
func (s *suspect) pass(v Visitor, began time.Time, place func() uint64) {
	failed := s.place.Load()
	switch {
	case failed == 0:
	case v.hash == s.visitor.Load():
		s.passed.Store(true)
	case began.UnixNano() > s.since.Load() && place() == failed:
		s.passing.add(v)
	}
}
