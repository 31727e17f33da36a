package main

import (
	"sync/atomic"
	"time"
)

// step is the resolution of a timeline.
const step = 250 * time.Millisecond

// A timeline counts, from a moment on, what happened in each step. What comes after its
// end is not counted.
type timeline struct {
	start time.Time
	steps []moment
}

// A moment is one step of a timeline.
type moment struct {
	asked   atomic.Int64 // requests of visitors that were sent
	served  atomic.Int64 // those of them that the upstream answered
	paged   atomic.Int64 // those that got the page instead
	reached atomic.Int64 // requests that came to the upstream
}

func newTimeline(start time.Time, length time.Duration) *timeline {
	return &timeline{start, make([]moment, max(1, length/step))}
}

// at returns the step of a time; after the end, one that nobody looks at.
func (t *timeline) at(now time.Time) *moment {
	if i := now.Sub(t.start) / step; i >= 0 && int(i) < len(t.steps) {
		return &t.steps[i]
	}
	return &moment{}
}

// total adds up the steps from the given one on.
func (t *timeline) total(from int) (asked, served, paged, reached int64) {
	for i := min(from, len(t.steps)); i < len(t.steps); i++ {
		m := &t.steps[i]
		asked, served = asked+m.asked.Load(), served+m.served.Load()
		paged, reached = paged+m.paged.Load(), reached+m.reached.Load()
	}
	return asked, served, paged, reached
}
