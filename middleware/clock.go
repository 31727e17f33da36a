package middleware

import (
	"sync"
	"time"
)

// A clock ends what waits too long. http.Transport has no limit that also covers
// dialling, sending and its own repetitions (golang/go#61568). The zero limit is no
// limit; a nil clock never fires.
type clock struct {
	mu    sync.Mutex
	timer *time.Timer
	over  bool
	left  time.Duration // of what is counted in all, once that is begun; 0: no limit
	since time.Time     // when counting began, or went on; zero: nothing is counted
}

func newClock(fire func()) *clock {
	c := &clock{timer: time.AfterFunc(time.Hour, fire)}
	c.timer.Stop()
	return c
}

// count goes on counting what is left, until the clock is paused or restarted: what is waited
// for is done in several stretches, and net/http may begin anew without asking.
func (c *clock) count() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.since.IsZero() || c.over {
		return
	}
	c.timer.Stop()
	if c.left > 0 {
		c.since = time.Now()
		c.timer.Reset(c.left)
	}
}

// restart lets the clock fire after the limit, counted from now and on its own.
func (c *clock) restart(limit time.Duration) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.since.IsZero() {
		c.left = max(1, c.left-time.Since(c.since)) // 0 would be no limit
		c.since = time.Time{}
	}
	c.timer.Stop()
	if limit > 0 && !c.over {
		c.timer.Reset(limit)
	}
}

// pause stops the clock until it goes on: who is waited for now is somebody else.
func (c *clock) pause() { c.restart(0) }

// stop stops the clock for good.
func (c *clock) stop() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.timer.Stop()
}

// shorter returns the shorter limit, where 0 is none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
