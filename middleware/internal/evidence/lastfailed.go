package evidence

import "time"

// A lastFailed is the visitor who failed last. It counts how often in a row nobody but this
// one failed while others got what was asked for, at the same path. It is exact where the
// sets of a window are not: nobody is blamed for a collision, or for passes from before
// an outage.
type lastFailed struct {
	visitor  uint64    // its hash
	pathHash uint64    // where it failed; 0: nobody did
	failed   time.Time // the last time
	others   time.Time // when anybody else failed last
	passed   bool      // it passed itself since
	passing  visitors  // at that path, since the last turn
	turns    int       // failures with enough passes of others before each, after the first
}

// enoughPasses is how many others must pass between two failures.
const enoughPasses = 5

// fail notes a failure and returns the turns.
func (l *lastFailed) fail(v Visitor, pathHash uint64, now time.Time) int {
	switch {
	case !v.known || v.hash != l.visitor:
		*l = lastFailed{visitor: v.hash, pathHash: pathHash, others: l.failed}
	case pathHash != l.pathHash, l.passed, now.Sub(l.failed).Abs() > memoryTime, l.othersFailed(now):
		*l = lastFailed{visitor: v.hash, pathHash: pathHash, others: l.others}
	case l.passing.count() >= enoughPasses:
		l.turns++
		l.passing = visitors{}
	}
	l.failed = now
	return l.turns
}

// othersFailed reports it of the last minute; where the clock was set back, nobody knows.
func (l *lastFailed) othersFailed(now time.Time) bool {
	return !l.others.IsZero() && now.Sub(l.others) <= memoryTime
}

// pass notes that an exchange went well. The path is only asked for where somebody failed:
// hashing it costs more than all the rest.
func (l *lastFailed) pass(v Visitor, began time.Time, pathHash func() uint64) {
	switch {
	case l.pathHash == 0:
	case v.hash == l.visitor:
		l.passed = true
	case began.After(l.failed) && pathHash() == l.pathHash:
		l.passing.add(v)
	}
}
