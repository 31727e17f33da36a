package evidence

import (
	"context"
	"errors"
	"time"
)

// Answered notes that an answer of the upstream has begun: it is back.
func (m *Memory) Answered(upstream string) {
	if m.failing.Load() == 0 {
		return
	}
	if u := m.table.find(upstream); u != nil && u.recovery.isDown.Load() {
		u.mu.Lock()
		defer u.mu.Unlock()
		m.setDown(u, false)
	}
}

// Back reports whether the upstream behind a key is believed to work, and how long to
// wait: before asking again, or, where it is back, before trying it. Unknown keys are those
// of upstreams that work. It never waits: a probe that it begins answers a later call.
func (m *Memory) Back(key string, now time.Time) (back bool, wait time.Duration) {
	u := m.table.withKey(key)
	if u == nil {
		return true, 0
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	r := &u.recovery
	age := now.Sub(r.failed).Abs()
	if age > maxAge+maxSpread {
		m.setDown(u, false) // also where the clock was set back
		return true, 0
	}
	if age > maxAge && !r.isProbing {
		m.setDown(u, false) // visitors find out, but not all who wait at once
	}
	if !r.isDown.Load() {
		return true, r.polls.spread(now)
	}
	r.polls.add(now)
	if r.probe != nil && !r.isProbing && now.Sub(r.probed).Abs() >= m.probeGap() && m.probes.take(now) {
		r.isProbing, r.probed = true, now
		go m.ask(u, r.probe, r.generation, now)
	}
	return false, askAgain
}

// MayCheck reports whether the operator may be told more of an upstream that failed: whether
// it may be looked at again now. It counts as done.
func (m *Memory) MayCheck(upstream string, now time.Time) bool {
	u := m.table.find(upstream)
	if u == nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.checked.IsZero() && now.Sub(u.checked).Abs() < checkGap || !m.checks.take(now) {
		return false
	}
	u.checked = now
	return true
}

// fail notes that an exchange failed.
func (m *Memory) fail(u *upstream, now time.Time, f Failure) {
	m.setDown(u, true)
	u.recovery.failed = now
	u.recovery.generation++ // a probe must learn of failures that come after it began
	m.setProbe(u, f)
}

// probeGap is the time between two probes of one upstream. Where many fail it grows: else
// those that are asked for early in each second would take all the probes there are.
func (m *Memory) probeGap() time.Duration {
	return max(probeGap, time.Duration(m.failing.Load())*time.Second/probesPerSec)
}

func (m *Memory) ask(u *upstream, probe Probe, generation int, began time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	err := errNoAnswer // also where it panics, or ends its goroutine
	defer func() {
		_ = recover()
		m.probeEnded(u, err, generation, began)
	}()
	err = probe(ctx)
}

var errNoAnswer = errors.New("the probe did not return")

// probeEnded notes what a probe found.
func (m *Memory) probeEnded(u *upstream, err error, generation int, began time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r := &u.recovery
	r.isProbing = false
	switch {
	case err != nil:
		r.failed = began
		if r.letGo != nil {
			r.letGo.Reset(maxAge)
		}
	case r.generation == generation:
		m.setDown(u, false)
	}
}

// setDown notes whether an upstream is down. A probe is kept as long as it is.
func (m *Memory) setDown(u *upstream, isDown bool) {
	r := &u.recovery
	if r.isDown.Load() == isDown || !u.isKept {
		return
	}
	r.isDown.Store(isDown)
	if isDown {
		m.failing.Add(1)
		return
	}
	m.failing.Add(-1)
	m.setProbe(u, Failure{})
}

// setProbe keeps the probe. A large one is let go as soon as the upstream is back, or
// believed back; where there are too many nobody can ask.
func (m *Memory) setProbe(u *upstream, f Failure) {
	r := &u.recovery
	isLarge := f.Probe != nil && f.IsLarge
	r.probe = f.Probe
	switch {
	case isLarge && r.letGo != nil:
		r.letGo.Reset(maxAge)
	case isLarge && (!u.isKept || m.large.Add(1) > maxLarge):
		r.probe = nil
		if u.isKept {
			m.large.Add(-1)
		}
	case isLarge:
		r.letGo = time.AfterFunc(maxAge, func() {
			u.mu.Lock()
			defer u.mu.Unlock()
			m.setProbe(u, Failure{})
		})
	case r.letGo != nil:
		r.letGo.Stop()
		r.letGo = nil
		m.large.Add(-1)
	}
}
