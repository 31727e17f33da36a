package evidence

import (
	"fmt"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestFailFastForgets: hosts that somebody made up take no place for good, and what failed
// long ago says nothing.
func TestFailFastForgets(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	m := New()
	cs := m.Circuits("a transport", time.Second)
	fail := func(host string, times int) {
		for range times {
			cs.Missed("http://"+host, now, &diagnosis.Error{Type: diagnosis.ConnectionRefused})
		}
	}
	opens := func(host string) bool {
		_, err := cs.Refuse("http://"+host, now)
		return err != nil
	}
	count := func() int { return int(m.circuits.Load()) }
	for i := range 2 * maxUpstreams {
		fail(fmt.Sprint("made-up-", i), 1)
	}
	if n := count(); n != maxUpstreams || len(m.table.all) != n {
		t.Errorf("%d are remembered, want %d", n, maxUpstreams)
	}
	if fail("shop", 3); !opens("shop") {
		t.Error("made-up hosts are in the way")
	}
	now = now.Add(2 * time.Minute)
	if fail("shop", 3); !opens("shop") {
		t.Error("made-up hosts of two minutes ago are in the way")
	}
	if fail("store", 1); count() != 2 || len(m.table.all) != 2 {
		t.Errorf("%d are remembered, want 2", count())
	}
	now = now.Add(2 * time.Minute)
	if opens("shop") {
		t.Error("a failure of two minutes ago counts")
	}
	if fail("shop", 1); opens("shop") {
		t.Error("one failure counts for three")
	}
	if fail("shop", 2); !opens("shop") {
		t.Error("three new failures do not count")
	}
	now = now.Add(-365 * 24 * time.Hour)
	if opens("shop") {
		t.Error("a clock that was set back keeps it for a year")
	}
}

// TestCircuitsAreThoseOfATransport: another one may have another forward proxy, or ask for
// another name.
func TestCircuitsAreThoseOfATransport(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	m := New()
	a, b, again := m.Circuits("a", time.Second), m.Circuits("b", time.Second), m.Circuits("a", time.Second)
	for range failuresToOpen {
		a.Missed("http://shop", now, &diagnosis.Error{})
	}
	opens := func(cs *Circuits) bool { _, err := cs.Refuse("http://shop", now); return err != nil }
	if !opens(a) || opens(b) || !opens(again) {
		t.Errorf("%t, %t and %t; want it open for the transport that failed alone", opens(a), opens(b), opens(again))
	}
	b.Connected("http://shop")
	if !opens(a) {
		t.Error("a connection of another transport closed it")
	}
	again.Connected("http://shop")
	if opens(a) || m.circuits.Load() != 0 {
		t.Errorf("open: %t, %d remembered, after a connection", opens(a), m.circuits.Load())
	}
	for i := range 2 * maxCircuits {
		m.Circuits(i, time.Second).Missed("http://shop", now, &diagnosis.Error{})
	}
	if n := m.circuits.Load(); n != maxCircuits {
		t.Errorf("%d transports are remembered, want %d", n, maxCircuits)
	}
}

// TestInventedNames wash away nothing that works: a name that a request made up can fail,
// and never answers.
func TestInventedNames(t *testing.T) {
	s := &story{memory: New(), now: noon}
	name := func(i int) string { return fmt.Sprint("http://real", i) }
	for i := range maxUpstreams {
		e := s.exchange(you, "/")
		e.Upstream = name(i)
		s.memory.Passed(e)
	}
	for i := range 10 * maxUpstreams { // each three times: more than the real ones
		for range 3 {
			e := s.exchange(friend, "/")
			e.Upstream, e.Began, e.Ended = fmt.Sprint("http://made-up", i), noon, noon
			if seen, key := s.memory.Failed(e, Failure{}); seen.Failures != 1 || key != "" {
				t.Fatalf("%+v, key %q: it is remembered", seen, key)
			}
		}
	}
	for i := range maxUpstreams {
		if s.memory.table.find(name(i)) == nil {
			t.Fatalf("%s is forgotten", name(i))
		}
	}
	s.later(maxIdle + pieceWidth)
	s.fail(friend)
	if n := len(s.memory.table.all); n != 1 {
		t.Errorf("%d are remembered of those that nobody used for %v", n-1, maxIdle)
	}
}
