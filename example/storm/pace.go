package main

import (
	"context"
	"sync/atomic"
	"time"
)

// A pace tells all connections together when the next request is due.
type pace struct {
	start    time.Time
	interval time.Duration // 0: at once
	taken    atomic.Int64
}

func newPace(rate int) *pace {
	p := &pace{start: time.Now()}
	if rate > 0 {
		p.interval = time.Second / time.Duration(rate)
	}
	return p
}

// next waits until a request is due; not ok: ctx has ended before. Latency counts from
// the time that it was due, so that a gateway that keeps clients waiting shows.
func (p *pace) next(ctx context.Context) (due time.Time, ok bool) {
	if p.interval == 0 {
		return time.Now(), true
	}
	due = p.start.Add(time.Duration(p.taken.Add(1)-1) * p.interval)
	if ahead := time.Until(due); ahead > 0 {
		pause(ctx, ahead)
		return due, ctx.Err() == nil
	}
	return due, true
}
