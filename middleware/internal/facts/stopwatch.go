package facts

import (
	"cmp"
	"math"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Times are how long the phases of an exchange took. Zero: not reached, or nothing to do.
type Times struct {
	Lookup  time.Duration // until the name had an address
	Connect time.Duration // until the connection could be used, TLS included
	Send    time.Duration // until the request was written
	Receive time.Duration // until the answer's head had come, or the failure
}

// A stopwatch tells how long the phases of a RoundTrip took.
type stopwatch struct {
	began time.Duration // since the program did; 0: it did not
	ended elapsed       // when it failed; 0: it did not
	at    [5]elapsed    // lookup, connect, send, receive, the answer's head; 0: not reached
}

// An elapsed is a time since a stopwatch began, in short units: there are six for each
// request. It ends after 11 hours.
type elapsed uint32

const unit = 10 * time.Microsecond

func (e elapsed) duration() time.Duration { return time.Duration(e) * unit }

// epoch is a moment from which to count: a time that is no more than a number is short.
var epoch = time.Now()

func (s *stopwatch) begin() { *s = stopwatch{began: max(1, time.Since(epoch))} }

// passed is never 0.
func (s *stopwatch) passed() elapsed {
	return elapsed(max(1, min((time.Since(epoch)-s.began)/unit, math.MaxUint32)))
}

// restart forgets the phases of an attempt that is made again.
func (s *stopwatch) restart() { s.at = [5]elapsed{} }

// reach notes when a step that begins a phase was reached first.
func (s *stopwatch) reach(step diagnosis.Step) {
	var i int
	switch step {
	case diagnosis.StepLookup:
		i = 0
	case diagnosis.StepDial:
		i = 1
	case diagnosis.StepConn:
		i = 2
	case diagnosis.StepSent:
		i = 3
	case diagnosis.StepResponse:
		i = 4
	default:
		return
	}
	if s.at[i] == 0 {
		s.at[i] = s.passed()
	}
}

// times returns how long each phase took; the last one lasts until the head, or the failure.
func (s *stopwatch) times() Times {
	var took [4]time.Duration
	end := s.total()
	for i := 3; i >= 0; i-- {
		if at := s.at[i].duration(); at > 0 {
			took[i] = max(0, end-at)
			end = at
		}
	}
	return Times{Lookup: took[0], Connect: took[1], Send: took[2], Receive: took[3]}
}

// stop notes that the RoundTrip failed.
func (s *stopwatch) stop() {
	if s.began != 0 && s.ended == 0 {
		s.ended = s.passed()
	}
}

// total is the time until the answer's head or the failure; 0: no upstream was asked.
func (s *stopwatch) total() time.Duration { return cmp.Or(s.at[4], s.ended).duration() }
