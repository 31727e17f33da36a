package evidence

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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
		{"just failed", func(m *Memory, _, _ Probe) string { return m.failed("http://a", time.Now(), nil) }, false},
		{"an exchange succeeded since", func(m *Memory, _, _ Probe) string {
			key := m.failed("http://a", time.Now(), nil)
			m.Answered("http://a")
			return key
		}, true},
		{"an exchange with another upstream succeeded", func(m *Memory, _, _ Probe) string {
			key := m.failed("http://a", time.Now(), nil)
			m.Answered("http://b")
			return key
		}, false},
		{"it failed again after a success", func(m *Memory, _, _ Probe) string {
			m.failed("http://a", time.Now(), nil)
			m.Answered("http://a")
			return m.failed("http://a", time.Now(), nil)
		}, false},
		{"nothing was seen for half a minute", func(m *Memory, _, _ Probe) string {
			key := m.failed("http://a", time.Now(), nil)
			time.Sleep(maxAge + time.Second)
			return key
		}, true},
		{"the probe says it is down", func(m *Memory, down, _ Probe) string {
			key := m.failed("http://a", time.Now(), down)
			m.Back(key, time.Now())
			return key
		}, false},
		{"the probe says it is up", func(m *Memory, _, up Probe) string {
			key := m.failed("http://a", time.Now(), up)
			m.Back(key, time.Now())
			return key
		}, true},
		{"it failed again while a probe that says it is up was under way", func(m *Memory, _, _ Probe) string {
			key := m.failed("http://a", time.Now(), func(context.Context) error { time.Sleep(time.Second); return nil })
			m.Back(key, time.Now())
			synctest.Wait()
			m.failed("http://a", time.Now(), nil)
			time.Sleep(2 * time.Second)
			return key
		}, false},
		{"the clock jumped back by a year", func(m *Memory, _, _ Probe) string {
			return m.failed("http://a", time.Now().Add(365*24*time.Hour), nil)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := New()
				down := func(context.Context) error { return errDown }
				up := func(context.Context) error { return nil }
				key := c.do(m, down, up)
				synctest.Wait()
				if got := m.isBack(key, time.Now()); got != c.want {
					t.Errorf("back: %t, want %t", got, c.want)
				}
				synctest.Wait()
			})
		})
	}
}

// TestFailuresAreNoted: of failures that follow each other not all are noted, but those that
// matter are.
func TestFailuresAreNoted(t *testing.T) {
	up := func(context.Context) error { return nil }
	slowlyUp := func(context.Context) error { time.Sleep(time.Second); return nil }
	for _, c := range []struct {
		name string
		do   func(m *Memory, fail func(Probe) (key string)) (key string)
		want bool
	}{
		{"it fails for longer than what is remembered", func(_ *Memory, fail func(Probe) string) (key string) {
			for range 60 {
				key = fail(nil)
				time.Sleep(time.Second)
			}
			return key
		}, false},
		{"it fails, and then nothing is seen for half a minute", func(_ *Memory, fail func(Probe) string) (key string) {
			for range 10 {
				key = fail(nil)
				time.Sleep(time.Second)
			}
			time.Sleep(maxAge)
			return key
		}, true},
		{"it fails twice, and answers", func(m *Memory, fail func(Probe) string) string {
			fail(nil)
			key := fail(nil)
			m.Answered("http://a")
			return key
		}, true},
		{"it fails right after an answer", func(m *Memory, fail func(Probe) string) string {
			fail(nil)
			m.Answered("http://a")
			return fail(nil)
		}, false},
		{"it fails right after a probe that says it is up", func(m *Memory, fail func(Probe) string) string {
			m.Back(fail(up), time.Now())
			synctest.Wait()
			return fail(nil)
		}, false},
		{"it fails while a probe that says it is up is under way", func(m *Memory, fail func(Probe) string) string {
			m.Back(fail(slowlyUp), time.Now())
			synctest.Wait()
			fail(nil)
			time.Sleep(2 * time.Second)
			return fail(nil)
		}, false},
		{"it fails twice while a probe that says it is up is under way", func(m *Memory, fail func(Probe) string) string {
			m.Back(fail(slowlyUp), time.Now())
			synctest.Wait()
			fail(nil)
			key := fail(nil)
			time.Sleep(2 * time.Second)
			return key
		}, false},
		{"it fails only before a probe that says it is up", func(m *Memory, fail func(Probe) string) string {
			fail(slowlyUp)
			key := fail(slowlyUp)
			m.Back(key, time.Now())
			time.Sleep(2 * time.Second)
			return key
		}, true},
		{"it fails again after it was forgotten", func(m *Memory, fail func(Probe) string) string {
			fail(nil)
			for i := range maxUpstreams {
				m.Failed(Exchange{Upstream: fmt.Sprint("http://", i), Ended: time.Now()}, Failure{})
			}
			return fail(nil)
		}, false},
		{"it fails after the clock was set back", func(m *Memory, fail func(Probe) string) string {
			m.Failed(Exchange{Upstream: "http://a", Ended: time.Now().Add(365 * 24 * time.Hour)}, Failure{})
			return fail(nil)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := New()
				key := c.do(m, func(p Probe) string {
					_, key := m.Failed(Exchange{Upstream: "http://a", Began: time.Now(), Ended: time.Now()}, Failure{Probe: p})
					return key
				})
				if back, _ := m.Back(key, time.Now()); back != c.want {
					t.Errorf("back: %t, want %t", back, c.want)
				}
				time.Sleep(2 * probeTimeout)
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
					keys[i] = m.failed(fmt.Sprint("http://upstream", i), time.Now(), func(context.Context) error { probes.Add(1); return errDown })
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
		key := m.failed("http://a", time.Now(), func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		began := time.Now()
		for range 3 {
			if m.isBack(key, time.Now()) {
				t.Error("believed back")
			}
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("a call waited %v", waited)
		}
		time.Sleep(probeTimeout + time.Second)
		synctest.Wait()
		if m.isBack(key, time.Now()) {
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
		m.failed(fmt.Sprint("http://", i), began.Add(time.Duration(i)), nil)
	}
	if len(m.table.all) != maxUpstreams || len(m.table.byName) != maxUpstreams || len(m.table.byKey) != maxUpstreams || int(m.failing.Load()) != maxUpstreams {
		t.Errorf("%d, %d, %d upstreams are remembered, want %d", len(m.table.byName), len(m.table.byKey), m.failing.Load(), maxUpstreams)
	}
	if m.isBack(m.table.keyOf("http://9999"), began) || !m.isBack(m.table.keyOf("http://0"), began) {
		t.Error("the oldest is not the one that was forgotten")
	}
}

func TestKeysOfAnotherProcessMeanNothing(t *testing.T) {
	a, b := New(), New()
	key := a.failed("http://a", time.Now(), nil)
	if foreign := b.failed("http://a", time.Now(), nil); foreign == key || !a.isBack(foreign, time.Now()) {
		t.Errorf("keys %q and %q", key, foreign)
	}
}

func BenchmarkSucceeded(b *testing.B) {
	m := New()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			m.Answered("http://a")
		}
	})
}

func BenchmarkFailed(b *testing.B) {
	m := New()
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		m.failed("http://a", now, nil)
	}
}

func (m *Memory) failed(name string, now time.Time, probe Probe) (key string) {
	return m.failWith(name, now, Failure{Probe: probe})
}

func (m *Memory) failWith(name string, now time.Time, f Failure) (key string) {
	_, key = m.Failed(Exchange{Upstream: name, Began: now, Ended: now}, f)
	return key
}

func (m *Memory) isBack(key string, now time.Time) bool {
	back, _ := m.Back(key, now)
	return back
}

// TestRecoveryIsSpread: those who waited try one after the other.
func TestRecoveryIsSpread(t *testing.T) {
	for _, c := range []struct {
		tabs   int
		within time.Duration
	}{{1, 0}, {10, time.Second}, {1000, maxSpread}, {100_000, maxSpread}} {
		t.Run(fmt.Sprint(c.tabs, " tabs"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := New()
				key := m.failed("http://a", time.Now(), nil)
				for range c.tabs { // who poll every five seconds, for ten
					m.Back(key, time.Now())
					m.Back(key, time.Now())
				}
				m.Answered("http://a")
				var most time.Duration
				perSecond := map[int]int{}
				for range c.tabs {
					back, wait := m.Back(key, time.Now())
					if !back {
						t.Fatal("not back")
					}
					most = max(most, wait)
					perSecond[int(wait/time.Second)]++
				}
				busiest := 0
				for _, n := range perSecond {
					busiest = max(busiest, n)
				}
				t.Logf("%d tabs try within %v, at most %d in one second", c.tabs, most, busiest)
				if most > c.within || c.tabs >= 1000 && most < c.within*9/10 {
					t.Errorf("within %v, want %v", most, c.within)
				}
			})
		})
	}
}

// TestNobodyKnowsIsSpreadToo: where nobody can ask the upstream, those who wait find out,
// one after the other.
func TestNobodyKnowsIsSpreadToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New()
		const tabs = 1000
		key := m.failed("http://a", time.Now(), nil)
		perSecond := map[int]int{}
		waiting := make([]bool, tabs)
		began := time.Now()
		for range 12 { // each polls every five seconds
			for tab := range tabs {
				if back, wait := m.Back(key, time.Now()); back && !waiting[tab] {
					waiting[tab] = true
					perSecond[int((time.Since(began)+wait)/time.Second)]++
				}
				time.Sleep(askAgain / tabs)
			}
		}
		busiest := 0
		for _, n := range perSecond {
			busiest = max(busiest, n)
		}
		t.Logf("%d tabs try within %d seconds, at most %d in one", tabs, len(perSecond), busiest)
		if busiest > 3*tabs/int(maxSpread/time.Second) {
			t.Errorf("%d tabs try in one second", busiest)
		}
	})
}

// TestNoUpstreamTakesAllProbes: those that are asked for late in each second get theirs.
func TestNoUpstreamTakesAllProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New()
		const upstreams, seconds = 30, 12
		var probes [upstreams]atomic.Int32
		keys := make([]string, upstreams)
		for i := range keys {
			keys[i] = m.failed(fmt.Sprint("http://upstream", i), time.Now(), func(context.Context) error { probes[i].Add(1); return errDown })
		}
		for range seconds {
			for _, key := range keys {
				m.Back(key, time.Now())
			}
			time.Sleep(time.Second)
		}
		for i := range probes {
			if n := probes[i].Load(); n < 3 || n > 5 {
				t.Errorf("upstream %d: %d probes in %d seconds", i, n, seconds)
			}
		}
	})
}

// TestLargeProbes: those that keep a request alive are few, and go when nobody needs them.
func TestLargeProbes(t *testing.T) {
	large := Failure{Probe: func(context.Context) error { return errDown }, IsLarge: true}
	kept := func(m *Memory) (probes int) {
		m.table.each(func(u *upstream) {
			if u.recovery.probe != nil {
				probes++
			}
		})
		if large := int(m.large.Load()); probes != large {
			t.Errorf("%d are counted, and %d kept", large, probes)
		}
		return probes
	}
	for _, c := range []struct {
		name string
		do   func(m *Memory) // after upstream a failed
		want int
	}{
		{"one is kept", func(*Memory) {}, 1},
		{"of many some are kept", func(m *Memory) {
			for i := range 2 * maxUpstreams {
				m.failWith(fmt.Sprint("http://", i), time.Now(), large)
			}
		}, maxLarge},
		{"the next failure brings another one", func(m *Memory) { m.failWith("http://a", time.Now(), large) }, 1},
		{"the next failure brings none", func(m *Memory) { m.failWith("http://a", time.Now(), Failure{}) }, 0},
		{"an exchange succeeded since", func(m *Memory) { m.Answered("http://a") }, 0},
		{"nobody asks", func(*Memory) { time.Sleep(maxAge + time.Second) }, 0},
		{"somebody asks, and it is still down", func(m *Memory) {
			for range 10 {
				m.Back(m.table.keyOf("http://a"), time.Now())
				time.Sleep(maxAge / 2)
			}
		}, 1},
		{"the upstream is forgotten", func(m *Memory) {
			for i := range maxUpstreams {
				m.failWith(fmt.Sprint("http://", i), time.Now(), Failure{})
			}
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := New()
				m.failWith("http://a", time.Now(), large)
				c.do(m)
				synctest.Wait()
				if n := kept(m); n != c.want {
					t.Errorf("%d are kept, want %d", n, c.want)
				}
			})
		})
	}
}

// TestProbesThatDoNotReturn: they cost no process, and the upstream can be asked again.
func TestProbesThatDoNotReturn(t *testing.T) {
	for name, probe := range map[string]Probe{
		"panics":             func(context.Context) error { panic("on purpose") },
		"ends its goroutine": func(context.Context) error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, probes := New(), 0
				key := m.failed("http://a", time.Now(), func(ctx context.Context) error { probes++; return probe(ctx) })
				for range 3 {
					if m.isBack(key, time.Now()) {
						t.Error("it is back")
					}
					synctest.Wait()
					time.Sleep(2 * probeGap)
				}
				if probes != 3 {
					t.Errorf("%d probes, want 3", probes)
				}
			})
		})
	}
}
