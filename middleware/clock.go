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
}

func newClock(fire func()) *clock {
	c := &clock{timer: time.AfterFunc(time.Hour, fire)}
	c.timer.Stop()
	return c
}

// restart lets the clock fire after the limit, counted from now.
func (c *clock) restart(limit time.Duration) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer.Stop()
	if limit > 0 && !c.over {
		c.timer.Reset(limit)
	}
}

// pause stops the clock until it is restarted: who is waited for now is somebody else.
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
