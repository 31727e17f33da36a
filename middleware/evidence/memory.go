package evidence

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Memory knows what happened in the last minute: with each upstream, with all of them,
// to whom. It takes at most about 1.5 MB, whatever comes. It is safe for concurrent use;
// make it with [New].
type Memory struct {
	salts    salts
	crowd    crowd
	recovery *recovery

	seed   maphash.Seed
	last   atomic.Pointer[record] // the one asked for last: most gateways have one
	shards [shards]shard

	count  atomic.Int64 // of records
	passed atomic.Int64 // the second in which an exchange went well last

	overview struct {
		sync.Mutex
		second         int64
		tried, failing int // upstreams
	}
}

// The upstreams are kept in shards so that they rarely wait for each other.
const (
	shards     = 16
	maxRecords = 1024
)

type shard struct {
	sync.RWMutex
	records map[string]*record
}

// A record is what is known of one upstream.
type record struct {
	name      string
	window    window
	lastPiece atomic.Int64 // in which it was used

	fails   atomic.Bool // the last exchange failed
	suspect suspect
	mu      sync.Mutex // of the streak, and of failures of the suspect
	streak  streak
}

// New makes an empty memory.
func New() *Memory {
	return &Memory{recovery: newRecovery(), seed: maphash.MakeSeed()}
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
	return seen, m.recovery.fail(e.Upstream, e.Ended, f.Probe)
}

// Back reports whether the upstream behind a key is believed to work, and how long to
// wait: before asking again, or, where it is back, before trying it. Unknown keys are those
// of upstreams that work. It never blocks.
func (m *Memory) Back(key string, now time.Time) (back bool, wait time.Duration) {
	return m.recovery.back(key, now)
}

// fail notes a failure and returns what is known of the upstream and its visitors.
func (r *record) fail(e Exchange, place uint64, number int64, unreached bool) (seen diagnosis.Seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window.fail(number, e.Visitor, unreached)
	s := r.window.sum(number)
	r.streak.fail(e.Ended, s.passes > calmShare*(s.fails-1))
	r.fails.Store(true)
	return diagnosis.Seen{
		Tries: s.passes + s.fails, Failures: s.fails, InRow: r.streak.length, Since: r.streak.since(),
		VisitorsKnown: true, YouAlone: r.suspect.fail(e.Visitor, place, e.Ended),
		OthersFailing: others(s.failing, e.Visitor), OthersPassing: others(s.passing, e.Visitor),
	}
}

// calmShare is how many exchanges go well for one that fails while nothing is wrong.
const calmShare = 9

// place is a path, at this upstream; never 0.
func (m *Memory) place(path string) uint64 { return maphash.String(m.seed, path) | 1 }

// allUpstreams counts the upstreams tried in the last minute, and those of them that
// nobody could connect to. It looks once a second, and again where all failed and one
// passed since.
func (m *Memory) allUpstreams(number, second int64) (tried, failing int) {
	m.overview.Lock()
	defer m.overview.Unlock()
	o := &m.overview
	if o.second == second && !(o.tried == o.failing && m.passed.Load() == second) {
		return o.tried, o.failing
	}
	for i := range m.shards {
		s := &m.shards[i]
		s.RLock()
		for _, r := range s.records {
			switch s := r.window.counts(number); {
			case s.passes > 0, s.fails > s.unreached:
				tried++
			case s.unreached > 1: // one may be chance
				tried++
				failing++
			}
		}
		s.RUnlock()
	}
	o.second, o.tried, o.failing = second, tried, failing
	return tried, failing
}

func (m *Memory) record(name string, number int64) *record {
	r := m.last.Load()
	if r == nil || r.name != name {
		r = m.find(name, number)
		m.last.Store(r)
	}
	if r.lastPiece.Load() != number {
		r.lastPiece.Store(number)
	}
	return r
}

func (m *Memory) find(name string, number int64) *record {
	s := &m.shards[maphash.String(m.seed, name)%shards]
	s.RLock()
	r := s.records[name]
	s.RUnlock()
	if r != nil {
		return r
	}
	s.Lock()
	defer s.Unlock()
	if r = s.records[name]; r != nil {
		return r
	}
	if s.records == nil {
		s.records = map[string]*record{}
	}
	if m.count.Add(1) > maxRecords && len(s.records) > 0 {
		s.forgetLeast(number)
		m.count.Add(-1)
	}
	r = &record{name: name}
	r.lastPiece.Store(number)
	s.records[name] = r
	return r
}

// forgetLeast forgets the one that was used longest ago; of several the one used least, so
// that a flood of names does not wash away those that matter.
func (s *shard) forgetLeast(number int64) {
	var least *record
	var leastUses int
	for _, r := range s.records {
		if least != nil && r.lastPiece.Load() > least.lastPiece.Load() {
			continue
		}
		c := r.window.counts(number)
		if uses := c.passes + c.fails; least == nil || r.lastPiece.Load() < least.lastPiece.Load() || uses < leastUses {
			least, leastUses = r, uses
		}
	}
	delete(s.records, least.name)
}
