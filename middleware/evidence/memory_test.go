package evidence

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errDown = errors.New("still down")

// TestBack tells when an upstream is believed back, in a world with its own clock.
func TestBack(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(m *Memory, down, up Probe) (key string)
		want bool
	}{
		{"a key that nobody gave", func(*Memory, Probe, Probe) string { return "AAAAAAAAAAAAAAAA" }, true},
		{"no key", func(*Memory, Probe, Probe) string { return "" }, true},
		{"just failed", func(m *Memory, _, _ Probe) string { return m.Failed("http://a", time.Now(), nil) }, false},
		{"an exchange succeeded since", func(m *Memory, _, _ Probe) string {
			key := m.Failed("http://a", time.Now(), nil)
			m.Succeeded("http://a")
			return key
		}, true},
		{"an exchange with another upstream succeeded", func(m *Memory, _, _ Probe) string {
			key := m.Failed("http://a", time.Now(), nil)
			m.Succeeded("http://b")
			return key
		}, false},
		{"it failed again after a success", func(m *Memory, _, _ Probe) string {
			m.Failed("http://a", time.Now(), nil)
			m.Succeeded("http://a")
			return m.Failed("http://a", time.Now(), nil)
		}, false},
		{"nothing was seen for half a minute", func(m *Memory, _, _ Probe) string {
			key := m.Failed("http://a", time.Now(), nil)
			time.Sleep(maxAge + time.Second)
			return key
		}, true},
		{"the probe says it is down", func(m *Memory, down, _ Probe) string {
			key := m.Failed("http://a", time.Now(), down)
			m.Back(key, time.Now())
			return key
		}, false},
		{"the probe says it is up", func(m *Memory, _, up Probe) string {
			key := m.Failed("http://a", time.Now(), up)
			m.Back(key, time.Now())
			return key
		}, true},
		{"it failed again while a probe that says it is up was under way", func(m *Memory, _, _ Probe) string {
			key := m.Failed("http://a", time.Now(), func(context.Context) error { time.Sleep(time.Second); return nil })
			m.Back(key, time.Now())
			synctest.Wait()
			m.Failed("http://a", time.Now(), nil)
			time.Sleep(2 * time.Second)
			return key
		}, false},
		{"the clock jumped back by a year", func(m *Memory, _, _ Probe) string {
			return m.Failed("http://a", time.Now().Add(365*24*time.Hour), nil)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := New()
				down := func(context.Context) error { return errDown }
				up := func(context.Context) error { return nil }
				key := c.do(m, down, up)
				synctest.Wait()
				if got := m.Back(key, time.Now()); got != c.want {
					t.Errorf("back: %t, want %t", got, c.want)
				}
				synctest.Wait()
			})
		})
	}
}

// TestPollsDoNotMultiply: however many visitors wait, an upstream gets one probe a second,
// and all of them together ten.
func TestPollsDoNotMultiply(t *testing.T) {
	for _, c := range []struct {
		name             string
		upstreams, polls int
		time             time.Duration
		probes           int32 // at the most
	}{
		{"10,000 polls of one upstream at once", 1, 10_000, 0, 1},
		{"10,000 polls of one upstream within ten seconds", 1, 10_000, 10 * time.Second, 11},
		{"10,000 polls of 100 upstreams at once", 100, 10_000, 0, 10},
		{"10,000 polls of 100 upstreams within ten seconds", 100, 10_000, 10 * time.Second, 110},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := New()
				var probes atomic.Int32
				keys := make([]string, c.upstreams)
				for i := range keys {
					keys[i] = m.Failed(fmt.Sprint("http://upstream", i), time.Now(), func(context.Context) error { probes.Add(1); return errDown })
				}
				for i := range c.polls {
					m.Back(keys[i%len(keys)], time.Now())
					time.Sleep(c.time / time.Duration(c.polls))
				}
				synctest.Wait()
				t.Logf("%d polls, %d probes", c.polls, probes.Load())
				if n := probes.Load(); n == 0 || n > c.probes {
					t.Errorf("%d probes, want 1 to %d", n, c.probes)
				}
			})
		})
	}
}

func TestAHangingProbeHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New()
		key := m.Failed("http://a", time.Now(), func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		began := time.Now()
		for range 3 {
			if m.Back(key, time.Now()) {
				t.Error("believed back")
			}
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("a call waited %v", waited)
		}
		time.Sleep(probeTimeout + time.Second)
		synctest.Wait()
		if m.Back(key, time.Now()) {
			t.Error("believed back after a probe that did not end in time")
		}
		time.Sleep(probeTimeout)
		synctest.Wait()
	})
}

func TestMemoryIsBounded(t *testing.T) {
	m := New()
	began := time.Now()
	for i := range 10_000 {
		m.Failed(fmt.Sprint("http://", i), began.Add(time.Duration(i)), nil)
	}
	if len(m.upstreams) != maxUpstreams || len(m.byKey) != maxUpstreams || int(m.failing.Load()) != maxUpstreams {
		t.Errorf("%d, %d, %d upstreams are remembered, want %d", len(m.upstreams), len(m.byKey), m.failing.Load(), maxUpstreams)
	}
	if m.Back(m.keyOf("http://9999"), began) || !m.Back(m.keyOf("http://0"), began) {
		t.Error("the oldest is not the one that was forgotten")
	}
}

func TestKeysOfAnotherProcessMeanNothing(t *testing.T) {
	a, b := New(), New()
	key := a.Failed("http://a", time.Now(), nil)
	if foreign := b.Failed("http://a", time.Now(), nil); foreign == key || !a.Back(foreign, time.Now()) {
		t.Errorf("keys %q and %q", key, foreign)
	}
}

func BenchmarkSucceeded(b *testing.B) {
	m := New()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			m.Succeeded("http://a")
		}
	})
}

func BenchmarkFailed(b *testing.B) {
	m := New()
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		m.Failed("http://a", now, nil)
	}
}
