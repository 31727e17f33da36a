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

	overview struct {
		sync.Mutex
		second         int64
		tried, failing int // upstreams
	}
}

// At most 1,024 upstreams are remembered, in shards so that they rarely wait for each other.
const (
	shards     = 16
	shardLimit = 64
)

type shard struct {
	sync.RWMutex
	records map[string]*record
}

// A record is what is known of one upstream.
type record struct {
	name      string
	window    window
	failed    atomic.Int64 // when an exchange failed last, in Unix nanoseconds
	since     atomic.Int64 // from when on none succeeded; 0: one did
	lastPiece atomic.Int64 // in which it was used
}

// New makes an empty memory.
func New() *Memory {
	return &Memory{recovery: newRecovery(), seed: maphash.MakeSeed()}
}

// Answered notes that an answer of the upstream has begun: it is back.
func (m *Memory) Answered(upstream string) { m.recovery.pass(upstream) }

// Passed notes an exchange that went well to its end.
func (m *Memory) Passed(upstream string, v Visitor, now time.Time) {
	number := numberOf(now)
	r := m.record(upstream, number)
	r.window.pass(number, v)
	m.crowd.add(number, v)
	if r.since.Load() != 0 {
		r.since.Store(0)
	}
}

// A Failure is what the memory is told of one.
type Failure struct {
	Unreached bool  // there was no connection yet: look-up or connect failed
	Probe     Probe // how to find out whether the upstream works again; nil: nobody can
}

// Failed notes an exchange that failed. It returns what has been seen, this failure
// included, and the key for [Memory.Back].
func (m *Memory) Failed(upstream string, v Visitor, now time.Time, f Failure) (seen diagnosis.Seen, key string) {
	number := numberOf(now)
	r := m.record(upstream, number)
	r.window.fail(number, v, f.Unreached)
	m.crowd.add(number, v)
	if before := r.failed.Swap(now.UnixNano()); now.Sub(time.Unix(0, before)).Abs() > memoryTime {
		r.since.Store(now.UnixNano()) // nobody tried for a while: what was then says nothing
	} else {
		r.since.CompareAndSwap(0, now.UnixNano())
	}
	return m.seen(r, v, number, now), m.recovery.fail(upstream, now, f.Probe)
}

// Back reports whether the upstream behind a key is believed to work, and how long to
// wait: before asking again, or, where it is back, before trying it. Unknown keys are those
// of upstreams that work. It never blocks.
func (m *Memory) Back(key string, now time.Time) (back bool, wait time.Duration) {
	return m.recovery.back(key, now)
}

func (m *Memory) seen(r *record, v Visitor, number int64, now time.Time) diagnosis.Seen {
	s := r.window.sum(number)
	seen := diagnosis.Seen{Tries: s.passes + s.fails, Failures: s.fails}
	if since := r.since.Load(); since != 0 {
		seen.Since = time.Unix(0, since)
	}
	if v.known && !m.crowd.isOne(number) {
		seen.VisitorsKnown = true
		seen.OthersFailing, seen.OthersPassing = others(s.failing, v), others(s.passing, v)
		seen.YouFailedAgain, seen.YouPassed = includes(s.failed, v), includes(s.passing, v)
	}
	seen.Upstreams, seen.UpstreamsFailing = m.allUpstreams(number, now)
	return seen
}

// allUpstreams counts the upstreams tried in the last minute, and those of them that
// nobody could connect to. It looks once a second.
func (m *Memory) allUpstreams(number int64, now time.Time) (tried, failing int) {
	m.overview.Lock()
	defer m.overview.Unlock()
	if m.overview.second == now.Unix() {
		return m.overview.tried, m.overview.failing
	}
	for i := range m.shards {
		s := &m.shards[i]
		s.RLock()
		for _, r := range s.records {
			switch passes, unreached := r.window.counts(number); {
			case passes > 0:
				tried++
			case unreached > 1: // one may be chance
				tried++
				failing++
			}
		}
		s.RUnlock()
	}
	m.overview.second, m.overview.tried, m.overview.failing = now.Unix(), tried, failing
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
	if len(s.records) >= shardLimit {
		s.forgetOldest()
	}
	r = &record{name: name}
	r.lastPiece.Store(number)
	s.records[name] = r
	return r
}

func (s *shard) forgetOldest() {
	var oldest *record
	for _, r := range s.records {
		if oldest == nil || r.lastPiece.Load() < oldest.lastPiece.Load() {
			oldest = r
		}
	}
	delete(s.records, oldest.name)
}
