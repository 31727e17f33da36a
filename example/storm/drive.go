package main

import (
	"context"
	"sync"
	"time"
)

// pauseAfterError keeps a visitor whose gateway is gone from trying as fast as it can.
const pauseAfterError = 100 * time.Millisecond

// A visitor asks a server, each time for what is next.
type visitor interface {
	// visit asks once and counts the answer. due is when it was to ask.
	visit(ctx context.Context, due time.Time, t *tally) error
	disconnect()
}

// drive has all visitors ask at once, each at least one time, until ctx has ended: together
// at a rate per second or, with 0, as fast as they are answered. A visit that was begun is not
// given up when ctx ends: its answer would be missing in the counts.
func drive[V visitor](ctx context.Context, rate int, visitors []V) *tally {
	p, tallies := newPace(rate), make([]*tally, len(visitors))
	var all sync.WaitGroup
	for i, v := range visitors {
		tallies[i] = newTally()
		all.Go(func() { visitAll(ctx, p, v, tallies[i]) })
	}
	all.Wait()
	total := newTally()
	for _, t := range tallies {
		total.add(t)
	}
	return total
}

func visitAll(ctx context.Context, p *pace, v visitor, t *tally) {
	defer v.disconnect()
	for first := true; first || ctx.Err() == nil; first = false {
		due, ok := p.next(ctx)
		if !ok {
			return
		}
		t.requests++
		if err := v.visit(ctx, due, t); err != nil {
			v.disconnect()
			t.errors[err.Error()]++
			pause(ctx, pauseAfterError)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
