package facts

import (
	"sync"
	"time"
)

// A watchdog ends what waits too long. http.Transport has no limit that also covers
// dialling, sending and its own repetitions (golang/go#61568). The zero limit is no
// limit; a nil watchdog never fires.
type watchdog struct {
	mu    sync.Mutex
	timer *time.Timer
	over  bool
	left  time.Duration // of what is counted in all, once that is begun; 0: no limit
	since time.Time     // when counting began, or went on; zero: nothing is counted
}

func newWatchdog(fire func()) *watchdog {
	d := &watchdog{timer: time.AfterFunc(time.Hour, fire)}
	d.timer.Stop()
	return d
}

// count goes on counting what is left, until the watchdog is paused or restarted: what is waited
// for is done in several stretches, and net/http may begin anew without asking.
func (d *watchdog) count() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.since.IsZero() || d.over {
		return
	}
	d.timer.Stop()
	if d.left > 0 {
		d.since = time.Now()
		d.timer.Reset(d.left)
	}
}

// restart lets the watchdog fire after the limit, counted from now and on its own.
func (d *watchdog) restart(limit time.Duration) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.since.IsZero() {
		d.left = max(1, d.left-time.Since(d.since)) // 0 would be no limit
		d.since = time.Time{}
	}
	d.timer.Stop()
	if limit > 0 && !d.over {
		d.timer.Reset(limit)
	}
}

// pause stops the watchdog until it goes on: we now wait for the visitor, not the upstream.
func (d *watchdog) pause() { d.restart(0) }

// stop stops the watchdog for good.
func (d *watchdog) stop() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	d.timer.Stop()
}

// shorter returns the shorter limit, where 0 is none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
