package evidence

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Memory knows what happened in the last minute: with each upstream, with all of them,
// to whom. It takes at most about 1.5 MB beside the names of 2048 upstreams, whatever comes:
// they are copies, and as long as they are given; and what at most 64 large probes keep alive,
// as long as somebody asks. It is safe for concurrent use; make it with [New].
type Memory struct {
	salts    salts
	recovery *recovery
	records  records
	crowd    crowd

	passed   atomic.Int64 // the second in which an exchange went well last
	overview atomic.Pointer[overview]
	looking  sync.Mutex // while that is made
}

// An overview counts the upstreams as they are in one second.
type overview struct {
	second         int64 // in which it was made
	tried, failing int
}

// A record is what is known of one upstream.
type record struct {
	name      string
	window    window
	lastPiece atomic.Int64             // in which it was used
	down      atomic.Pointer[upstream] // what the recovery made of the last failure

	fails   atomic.Bool // the last exchange failed
	suspect suspect
	mu      sync.Mutex // of the streak, and of failures of the suspect
	streak  streak
}

// New makes an empty memory.
func New() *Memory {
	return &Memory{recovery: newRecovery(), records: records{seed: maphash.MakeSeed()}}
}

// An Exchange is what the memory is told of one request.
type Exchange struct {
	Upstream     string // scheme and host:port
	Path         string // that was asked for
	Visitor      Visitor
	Began, Ended time.Time
}

// Answered notes that an answer of the upstream has begun: it is back.
func (m *Memory) Answered(upstream string) { m.recovery.pass(upstream) }

// Passed notes an exchange that went well to its end. One that took longer than what is
// remembered says nothing: an upgraded connection, say, ends so when the upstream dies.
func (m *Memory) Passed(e Exchange) {
	if e.Ended.Sub(e.Began) > memoryTime {
		return
	}
	number := numberOf(e.Ended)
	r := m.record(e.Upstream, number)
	r.window.pass(number, e.Visitor)
	m.crowd.add(number, e.Visitor)
	r.suspect.pass(e.Visitor, e.Began, func() uint64 { return m.place(e.Path) })
	if second := e.Ended.Unix(); m.passed.Load() != second {
		m.passed.Store(second)
	}
	if r.fails.Load() {
		r.mu.Lock()
		r.streak.pass(e.Began, e.Ended)
		r.fails.Store(r.streak.length > 0)
		r.mu.Unlock()
	}
}

// A Failure is what the memory is told of one.
type Failure struct {
	Unreached bool  // there was no connection yet: look-up or connect failed
	Probe     Probe // how to find out whether the upstream works again; nil: nobody can
	IsLarge   bool  // the probe keeps a request alive
}

// Failed notes an exchange that failed. It returns what has been seen, this failure
// included, and the key for [Memory.Back].
func (m *Memory) Failed(e Exchange, f Failure) (seen diagnosis.Seen, key string) {
	number := numberOf(e.Ended)
	r := m.record(e.Upstream, number)
	m.crowd.add(number, e.Visitor)
	seen = r.fail(e, m.place(e.Path), number, f.Unreached)
	seen.Upstreams, seen.UpstreamsFailing = m.allUpstreams(number, e.Ended.Unix())
	if !e.Visitor.known || m.crowd.isOne(number) {
		seen.VisitorsKnown, seen.OthersFailing, seen.OthersPassing, seen.YouAlone = false, 0, 0, 0
	}
	u := r.down.Load()
	if u == nil || !u.isNoted(e.Ended) {
		u = m.recovery.fail(e.Upstream, e.Ended, f)
		if r.down.Load() != u {
			r.down.Store(u)
		}
	}
	return seen, u.key
}

// Back reports whether the upstream behind a key is believed to work, and how long to
// wait: before asking again, or, where it is back, before trying it. Unknown keys are those
// of upstreams that work. It never blocks.
func (m *Memory) Back(key string, now time.Time) (back bool, wait time.Duration) {
	return m.recovery.back(key, now)
}

// fail notes a failure and returns what is known of the upstream and its visitors.
func (r *record) fail(e Exchange, place uint64, number int64, unreached bool) (seen diagnosis.Seen) {
	r.window.fail(number, e.Visitor, unreached)
	s := r.window.sum(number)
	seen = diagnosis.Seen{
		Tries: s.passes + s.fails, Failures: s.fails, VisitorsKnown: true,
		OthersFailing: others(&s.failing, e.Visitor), OthersPassing: others(&s.passing, e.Visitor),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streak.fail(e.Ended, s.passes > calmShare*(s.fails-1))
	if !r.fails.Load() {
		r.fails.Store(true)
	}
	seen.InRow, seen.Since = r.streak.length, r.streak.since()
	seen.YouAlone = r.suspect.fail(e.Visitor, place, e.Ended)
	return seen
}

// calmShare is how many exchanges go well for one that fails while nothing is wrong.
const calmShare = 9

// place is a path, at this upstream; never 0.
func (m *Memory) place(path string) uint64 { return maphash.String(m.records.seed, path) | 1 }

// allUpstreams counts the upstreams tried in the last minute, and those of them that
// nobody could connect to. It looks once a second, and again where all failed and one
// passed since.
func (m *Memory) allUpstreams(number, second int64) (tried, failing int) {
	o := m.overview.Load()
	if m.isStale(o, second) {
		m.looking.Lock()
		defer m.looking.Unlock()
		if o = m.overview.Load(); m.isStale(o, second) { // nobody did it meanwhile
			o = m.look(number, second)
			m.overview.Store(o)
		}
	}
	return o.tried, o.failing
}

// isStale is not so for who comes a little late: a second ends for all at once.
func (m *Memory) isStale(o *overview, second int64) bool {
	isNow := func(s int64) bool { return s == o.second || s == o.second-1 }
	return o == nil || !isNow(second) || o.tried == o.failing && isNow(m.passed.Load())
}

// look makes the overview.
func (m *Memory) look(number, second int64) *overview {
	o := &overview{second: second}
	m.records.each(func(r *record) {
		switch c := r.window.counts(number); {
		case c.passes > 0, c.fails > c.unreached:
			o.tried++
		case c.unreached > 1: // one may be chance
			o.tried++
			o.failing++
		}
	})
	return o
}

func (m *Memory) record(name string, number int64) *record {
	r := m.records.of(name, number)
	if r.lastPiece.Load() != number {
		r.lastPiece.Store(number)
	}
	return r
}
