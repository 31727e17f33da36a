package evidence

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// A story tells a memory of exchanges with one upstream; each takes a millisecond.
type story struct {
	memory   *Memory
	now      time.Time
	revealed bool
	seen     diagnosis.Evidence // of the last failure
}

func (s *story) exchange(address, path string) Exchange {
	v := s.memory.Visitor(address, s.revealed, s.now)
	e := Exchange{Upstream: "http://a", Path: path, Visitor: v, Began: s.now, Ended: s.now.Add(time.Millisecond)}
	s.now = e.Ended
	return e
}

func (s *story) pass(addresses ...string) {
	for _, a := range addresses {
		s.memory.Passed(s.exchange(a, "/"))
	}
}

func (s *story) fail(addresses ...string) {
	for _, a := range addresses {
		s.seen, _ = s.memory.Failed(s.exchange(a, "/"), Failure{})
	}
}

// later lets time pass.
func (s *story) later(d time.Duration) { s.now = s.now.Add(d) }

// crowd4 returns the addresses of n visitors, other ones for each number.
func crowd4(number, n int) (addresses []string) {
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("203.%d.%d.%d:1234", number, i/250, i%250))
	}
	return addresses
}

const you, friend, third = "198.51.100.1:1", "198.51.100.2:1", "198.51.100.3:1"

func scopeOf(s diagnosis.Evidence) diagnosis.Scope {
	d := diagnosis.ConnectionTerminated.Diagnosis()
	d.Phase = diagnosis.Receive
	return diagnosis.Judge(d, s).Scope
}

// TestScope tells what may be said of others, and what not.
func TestScope(t *testing.T) {
	crowd := crowd4(0, 20)
	again := func(s *story) { // you fail again, and others pass in between
		s.fail(you)
		s.pass(crowd...)
		s.fail(you)
	}
	for _, c := range []struct {
		name string
		do   func(s *story)
		want diagnosis.Scope
	}{
		{"one failure says nothing", func(s *story) { s.fail(you) }, diagnosis.ScopeUnknown},
		{"one failure among many that pass says nothing", func(s *story) { s.pass(crowd...); s.fail(you) }, diagnosis.ScopeUnknown},
		{"you fail again and others pass in between: only you", again, diagnosis.ScopeYou},
		{"you fail again, and others passed only before: perhaps an outage has begun", func(s *story) {
			s.pass(crowd...)
			s.fail(you, you, you, you)
		}, diagnosis.ScopeUnknown},
		{"you fail again, and what others get began before: perhaps an outage has begun", func(s *story) {
			var begun []Exchange
			for _, a := range crowd {
				begun = append(begun, s.exchange(a, "/"))
			}
			s.fail(you)
			for _, e := range begun {
				e.Ended = s.now
				s.memory.Passed(e)
			}
			s.fail(you)
		}, diagnosis.ScopeUnknown},
		{"you fail again, and others pass at other paths: perhaps that path fails", func(s *story) {
			s.fail(you)
			for _, a := range crowd {
				s.memory.Passed(s.exchange(a, "/other"))
			}
			s.fail(you)
		}, diagnosis.ScopeUnknown},
		{"you fail again, and four others pass: too few", func(s *story) { s.fail(you); s.pass(crowd[:4]...); s.fail(you) }, diagnosis.ScopeUnknown},
		{"you fail again, and one other passes often: too few", func(s *story) {
			s.fail(you)
			for range 20 {
				s.pass(friend)
			}
			s.fail(you)
		}, diagnosis.ScopeUnknown},
		{"you passed in between: chance", func(s *story) { s.fail(you); s.pass(crowd...); s.pass(you); s.fail(you) }, diagnosis.ScopeUnknown},
		{"you passed at another path in between: chance", func(s *story) {
			s.fail(you)
			s.pass(crowd...)
			s.memory.Passed(s.exchange(you, "/other"))
			s.fail(you)
		}, diagnosis.ScopeUnknown},
		{"somebody else failed before: only some", func(s *story) { s.fail(friend); again(s) }, diagnosis.ScopeSome},
		{"somebody who cannot be told apart failed before", func(s *story) { s.fail("10.0.0.1:1"); again(s) }, diagnosis.ScopeUnknown},
		{"somebody else failed 59 seconds before: only some", func(s *story) { s.fail(friend); s.later(59 * time.Second); again(s) }, diagnosis.ScopeSome},
		{"somebody else failed more than a minute before", func(s *story) { s.fail(friend); s.later(61 * time.Second); again(s) }, diagnosis.ScopeYou},
		{"all fail: others too", func(s *story) { s.fail(crowd...); s.fail(you) }, diagnosis.ScopeOthers},
		{"you and one other fail: that is not others", func(s *story) { s.fail(friend, friend, friend, friend, friend, you) }, diagnosis.ScopeUnknown},
		{"you and two others fail: others too", func(s *story) { s.fail(friend, third, friend, third, you) }, diagnosis.ScopeOthers},
		{"all fail, and that is more than a minute ago", func(s *story) { s.fail(crowd...); s.later(61 * time.Second); s.fail(you) }, diagnosis.ScopeUnknown},
		{"an outage has begun after many passed: others too", func(s *story) { s.pass(crowd4(1, 200)...); s.fail(crowd[:10]...); s.fail(you) }, diagnosis.ScopeOthers},
		{"an outage may have begun after many passed: not only some", func(s *story) { s.pass(crowd4(1, 200)...); s.fail(crowd[:4]...); s.fail(you) }, diagnosis.ScopeUnknown},
		{"some fail and some pass: only some", func(s *story) {
			for i := range 4 {
				s.fail(crowd[i])
				s.pass(crowd[10+i], crowd[15+i])
			}
			s.fail(you)
		}, diagnosis.ScopeSome},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{memory: New(), now: noon}
			c.do(s)
			if got := scopeOf(s.seen); got != c.want {
				t.Errorf("scope %s, want %s, of %+v", got, c.want, s.seen)
			}
		})
	}
}

// TestVisitors tells who counts as one visitor.
func TestVisitors(t *testing.T) {
	m := New()
	for _, c := range []struct {
		name     string
		a, b     string
		revealed bool
		same     bool
	}{
		{"the same address", you, you, false, true},
		{"the same address, another port", "198.51.100.1:1", "198.51.100.1:2", false, true},
		{"two addresses", you, friend, false, false},
		{"two addresses of one network", "198.51.100.1:1", "198.51.100.254:1", false, false},
		{"IPv4 and the same mapped into IPv6", "198.51.100.1:1", "[::ffff:198.51.100.1]:1", false, true},
		{"two addresses of a household with IPv6", "[2001:db8::1]:1", "[2001:db8::ffff:2]:1", false, true},
		{"two households with IPv6", "[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", false, false},
		{"an inner address that a trusted proxy names", "10.0.0.1:0", "10.0.0.1:0", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := m.Visitor(c.a, c.revealed, noon), m.Visitor(c.b, c.revealed, noon)
			if !a.known || !b.known || (a == b) != c.same {
				t.Errorf("%+v and %+v, want the same: %t", a, b, c.same)
			}
		})
	}
	for name, address := range map[string]string{
		"private, 10": "10.1.2.3:1", "private, 172": "172.16.0.1:1", "private, 192": "192.168.0.1:1", "loopback": "127.0.0.1:1",
		"loopback, IPv6": "[::1]:1", "loopback, mapped": "[::ffff:127.0.0.1]:1", "unique local": "[fd00::1]:1", "link local": "169.254.0.1:1",
		"link local, IPv6": "[fe80::1%eth0]:1", "of a provider's inner network": "100.64.0.1:1", "its end": "100.127.255.255:1",
		"unspecified": "0.0.0.0:1", "a Unix socket": "@", "nothing": "",
	} {
		t.Run("nobody: "+name, func(t *testing.T) {
			if v := m.Visitor(address, false, noon); v != (Visitor{}) {
				t.Errorf("%s is told apart", address)
			}
		})
	}
}

// TestNobodyIsKnownTomorrow: the salt is another one each day, and at midnight nobody
// counts twice.
func TestNobodyIsKnownTomorrow(t *testing.T) {
	m := New()
	evening := noon.Add(12*time.Hour - time.Second)
	today, tomorrow := m.Visitor(you, false, evening), m.Visitor(you, false, evening.Add(time.Second))
	if today == tomorrow {
		t.Error("the salt of today is that of tomorrow")
	}
	if late := m.Visitor(you, false, evening); late != tomorrow {
		t.Error("a request that ends late at midnight changes the salt again")
	}
	m = New()
	if m.Visitor(you, false, noon) != m.Visitor(you, false, evening) {
		t.Error("the salt changes within a day")
	}
	s := &story{memory: m, now: evening}
	s.fail(you, friend, you, friend, you)
	s.later(time.Second)
	s.fail(friend, you)
	if s.seen.OthersFailing != 1 || s.seen.YouAlone != 0 || s.seen.Failures != 7 {
		t.Errorf("%+v: one other failed", s.seen)
	}
}

// TestCollisionsBlameNobody: who takes the same place in a set is another one all the same.
func TestCollisionsBlameNobody(t *testing.T) {
	s := &story{memory: New(), now: noon}
	me := s.memory.Visitor(you, false, noon)
	word, bit := me.bit()
	var twin string
	for _, a := range crowd4(1, 20_000) {
		if w, b := s.memory.Visitor(a, false, noon).bit(); w == word && b == bit {
			twin = a
			break
		}
	}
	if twin == "" {
		t.Fatal("no collision")
	}
	s.fail(twin)
	s.fail(you)
	s.pass(crowd4(0, 20)...)
	s.fail(you)
	if s.seen.YouAlone != 0 {
		t.Errorf("%+v: another failed too", s.seen)
	}
}

// TestDistinctVisitorsAreCounted: too few at most, never too many.
func TestDistinctVisitorsAreCounted(t *testing.T) {
	for _, n := range []int{1, 2, 5, 20, 100, 1000} {
		s := &story{memory: New(), now: noon}
		s.fail(crowd4(0, n)...)
		s.fail(crowd4(0, n)...)
		s.fail(you)
		t.Logf("%d others fail twice each: %d counted", n, s.seen.OthersFailing)
		if got := s.seen.OthersFailing; got > n || n >= 20 && got < min(n, 64*setWords)*3/4 {
			t.Errorf("%d others, %d counted", n, got)
		}
	}
}

// TestOneAddressForAll: who sends more than nine in ten requests stands for many.
func TestOneAddressForAll(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, share int // that many of 100 come from one address, after others did
		balancers     int // that took turns before
		known         bool
	}{
		{"all", 0, 100, 0, false},
		{"95 in 100", 0, 95, 0, false},
		{"85 in 100", 0, 85, 0, true},
		{"none", 0, 0, 0, true},
		{"all, where another balancer did it for an hour", 0, 100, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{memory: New(), now: noon}
			for range 3600 * c.balancers {
				s.pass("192.0.2.200:1")
				s.later(time.Second)
			}
			for range 5 { // requests of a minute and more
				crowd := crowd4(0, 100)
				for i := range crowd {
					if i < c.share {
						crowd[i] = "192.0.2.1:1"
					}
				}
				s.pass(crowd...)
				s.later(15 * time.Second)
			}
			s.fail(you)
			if s.seen.VisitorsKnown != c.known {
				t.Errorf("visitors known: %t, want %t", s.seen.VisitorsKnown, c.known)
			}
		})
	}
}

// TestOneAddressOfMany: the same, where far more requests come than are counted, and what
// comes first is not like the rest.
func TestOneAddressOfMany(t *testing.T) {
	for _, c := range []struct {
		name        string
		first, rest int // of 100 come from one address
		known       bool
	}{
		{"97 in 100", 97, 97, false},
		{"83 in 100", 83, 83, true},
		{"all, after a burst of others", 0, 100, false},
		{"half, after a burst of that one", 100, 50, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{memory: New(), now: noon}
			crowd := crowd4(0, 1000)
			for i := range 100_000 {
				share := c.rest
				if i < exactRequests {
					share = c.first
				}
				address := crowd[i%len(crowd)]
				if i%100 < share {
					address = "192.0.2.1:1"
				}
				s.memory.Passed(Exchange{Upstream: "http://a", Visitor: s.memory.Visitor(address, false, s.now), Began: s.now, Ended: s.now})
			}
			s.fail(you)
			if s.seen.VisitorsKnown != c.known {
				t.Errorf("visitors known: %t, want %t", s.seen.VisitorsKnown, c.known)
			}
		})
	}
}

// TestSince tells from when on nothing worked, or nothing where that was not seen.
func TestSince(t *testing.T) {
	crowd := crowd4(0, 20)
	for _, c := range []struct {
		name string
		do   func(s *story) (since time.Time)
	}{
		{"from the first failure on", func(s *story) time.Time {
			s.pass(crowd...)
			since := s.now.Add(time.Millisecond)
			s.fail(crowd...)
			return since
		}},
		{"a download that had begun before ends nothing", func(s *story) time.Time {
			download := s.exchange(you, "/")
			s.pass(crowd...)
			since := s.now.Add(time.Millisecond)
			s.fail(crowd...)
			download.Ended = s.now
			s.memory.Passed(download)
			s.fail(you)
			return since
		}},
		{"nothing was seen before", func(s *story) time.Time { s.fail(crowd...); return time.Time{} }},
		{"nobody tried for a while", func(s *story) time.Time {
			s.pass(crowd...)
			s.fail(you)
			s.later(2 * time.Minute)
			s.fail(crowd...)
			return time.Time{}
		}},
		{"some fail all the time", func(s *story) time.Time {
			for _, a := range crowd {
				s.fail(a, a, a)
				s.pass(a)
			}
			s.fail(crowd...)
			return time.Time{}
		}},
		{"the clock is set back meanwhile", func(s *story) time.Time {
			s.pass(crowd...)
			s.fail(crowd...)
			s.later(-time.Hour)
			s.fail(crowd...)
			return time.Time{}
		}},
		{"the clock was set back, then it worked, then it failed", func(s *story) time.Time {
			s.pass(crowd...)
			s.fail(crowd...)
			s.later(-time.Hour)
			s.pass(crowd...)
			since := s.now.Add(time.Millisecond)
			s.fail(crowd...)
			return since
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{memory: New(), now: noon}
			if want := c.do(s); !s.seen.Since.Equal(want) {
				t.Errorf("since %v, want %v", s.seen.Since, want)
			}
		})
	}
}

// TestAllUpstreams counts who could be connected to, of all upstreams.
func TestAllUpstreams(t *testing.T) {
	const unreached, broken, works = 'u', 'b', 'w'
	for _, c := range []struct {
		name, upstreams string // what happens to each, twice
		tried, failing  int
	}{
		{"none can be reached", "uuu", 3, 3},
		{"one works", "uuw", 3, 2},
		{"one is reached, and breaks off", "uuub", 4, 3},
		{"all break off", "bbb", 3, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &story{memory: New(), now: noon}
			for range 2 {
				for i, what := range c.upstreams {
					e := s.exchange(you, "/")
					e.Upstream = fmt.Sprint("http://", i)
					if what == works {
						s.memory.Passed(e)
					} else {
						s.seen, _ = s.memory.Failed(e, Failure{Unreached: what == unreached})
					}
				}
			}
			s.later(time.Second) // then it looks again
			e := s.exchange(you, "/")
			e.Upstream = "http://0"
			s.seen, _ = s.memory.Failed(e, Failure{Unreached: c.upstreams[0] == unreached})
			if s.seen.Upstreams != c.tried || s.seen.UpstreamsFailing != c.failing {
				t.Errorf("%d tried and %d failing, want %d and %d", s.seen.Upstreams, s.seen.UpstreamsFailing, c.tried, c.failing)
			}
		})
	}
}

// TestAnswersAreSeenAtOnce: what works again in the same second is no longer said to fail.
func TestAnswersAreSeenAtOnce(t *testing.T) {
	s := &story{memory: New(), now: noon}
	for i := range 9 {
		e := s.exchange(you, "/")
		e.Upstream = fmt.Sprint("http://", i%3)
		s.seen, _ = s.memory.Failed(e, Failure{Unreached: true})
	}
	s.later(time.Second)
	s.fail(you)
	s.later(time.Millisecond)
	s.pass(you)
	s.fail(you)
	if s.seen.UpstreamsFailing == s.seen.Upstreams {
		t.Errorf("%+v: one works", s.seen)
	}
}

// TestAFloodOfUpstreams keeps the busy ones, and the limit.
func TestAFloodOfUpstreams(t *testing.T) {
	s := &story{memory: New(), now: noon}
	busy := func(i int) string { return fmt.Sprint("http://busy", i) }
	for i := range 100 {
		for range 3 {
			e := s.exchange(you, "/")
			e.Upstream = busy(i)
			s.memory.Failed(e, Failure{})
		}
	}
	for i := range 10_000 {
		e := s.exchange(friend, "/")
		e.Upstream = fmt.Sprint("http://rare", i)
		s.memory.Passed(e)
	}
	kept, all := 0, 0
	s.memory.table.each(func(*upstream) { all++ })
	for i := range 100 {
		e := s.exchange(third, "/")
		e.Upstream = busy(i)
		if seen, _ := s.memory.Failed(e, Failure{}); seen.Failures == 4 {
			kept++
		}
	}
	t.Logf("%d upstreams are remembered, and %d of 100 busy ones", all, kept)
	if all > maxUpstreams || kept < 100 {
		t.Errorf("%d upstreams, %d of 100 busy ones", all, kept)
	}
}

// TestAThousandUpstreams are all remembered.
func TestAThousandUpstreams(t *testing.T) {
	s := &story{memory: New(), now: noon}
	again := 0
	for i := range 2000 {
		e := s.exchange(you, "/")
		e.Upstream = fmt.Sprint("http://", i%1000)
		if seen, _ := s.memory.Failed(e, Failure{}); seen.Failures == 2 {
			again++
		}
	}
	t.Logf("%d of 1000 are remembered", again)
	if again < 1000 {
		t.Errorf("%d of 1000 are remembered", again)
	}
}

// TestMemoryIsConstant: a million visitors and ten thousand upstreams take no more than
// what is documented.
func TestMemoryIsConstant(t *testing.T) {
	heap := func() int64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("http://upstream%d.example:8080", i)
	}
	before := heap()
	m := New()
	for i := range 1_000_000 {
		now := noon.Add(time.Duration(i) * time.Millisecond)
		v := m.Visitor(fmt.Sprintf("%d.%d.%d.1:1", 11+i/65536, i/256%256, i%256), false, now)
		name := names[i/1000] // the busy one of this second
		if i%20 == 0 {
			name = names[i/20%len(names)]
		}
		e := Exchange{Upstream: name, Path: "/", Visitor: v, Began: now, Ended: now}
		if i%5 > 0 {
			m.Passed(e)
		} else {
			m.Failed(e, Failure{})
		}
	}
	after := heap()
	runtime.KeepAlive(m)
	runtime.KeepAlive(names)
	t.Logf("%d KB after a million visitors and 10,000 upstreams", (after-before)>>10)
	if after-before > 1700<<10 {
		t.Errorf("%d KB, documented are about 1.5 MB", (after-before)>>10)
	}
}

// TestConcurrentUse is for the race detector; the counts are exact where nothing slides out.
func TestConcurrentUse(t *testing.T) {
	m := New()
	const workers, each = 32, 300
	var work sync.WaitGroup
	for w := range workers {
		work.Go(func() {
			for i := range each {
				v := m.Visitor(fmt.Sprintf("203.0.%d.%d:1", w, i%250), false, noon)
				e := Exchange{Upstream: fmt.Sprint("http://", i%3), Path: "/", Visitor: v, Began: noon, Ended: noon}
				if i%2 == 0 {
					m.Passed(e)
					m.Answered(e.Upstream)
					continue
				}
				_, key := m.Failed(e, Failure{Unreached: true})
				m.Back(key, noon)
			}
		})
	}
	work.Wait()
	tries := 0
	for i := range 3 {
		seen, _ := m.Failed(Exchange{Upstream: fmt.Sprint("http://", i), Began: noon, Ended: noon}, Failure{})
		tries += seen.Tries - 1
	}
	if tries != workers*each {
		t.Errorf("%d tries, want %d", tries, workers*each)
	}
}
