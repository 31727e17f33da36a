package evidence

import "time"

// A streak is the failures of one upstream since an exchange with it succeeded last.
type streak struct {
	length      int
	first, last time.Time
	dated       bool // the first is known to be the beginning
}

// wall leaves out the monotonic clock: a time that is shown must fit the clock on the wall,
// also after that was set.
func wall(t time.Time) time.Time { return t.Round(0) }

// fail adds a failure. calm says that in the minute before nearly all went well: else
// nobody can say when it began. Neither can they where nobody tried for a while.
func (s *streak) fail(now time.Time, calm bool) {
	now = wall(now)
	switch {
	case s.length == 0:
		s.first, s.dated = now, calm
	case now.Sub(s.last).Abs() > memoryTime: // also where the clock jumped
		s.dated = false
	}
	s.length++
	s.last = now
}

// pass ends the streak, unless the exchange had begun before it: that a long download
// still comes to its end says nothing of new requests.
func (s *streak) pass(began, ended time.Time) {
	if s.length == 0 {
		return
	}
	began, ended = wall(began), wall(ended)
	wasBefore := began.Before(s.first) && !ended.Before(s.first) // else the clock was set back
	if !wasBefore {
		s.length = 0
	}
}

// since is from when on none succeeded; zero: not known.
func (s *streak) since() time.Time {
	if s.length == 0 || !s.dated {
		return time.Time{}
	}
	return s.first
}
