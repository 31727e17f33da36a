package evidence

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Memory knows what happened in the last minute: with each upstream, with all of them,
// to whom. It takes at most about 1.5 MB beside the names of 1024 upstreams, whatever comes:
// they are copies, and as long as they are given; and what at most 64 large probes keep alive,
// as long as somebody asks. It is safe for concurrent use; make it with [New].
type Memory struct {
	salts    salts
	paths    maphash.Seed // of the hashes of paths
	table    *table
	majority majority

	failing  atomic.Int32 // upstreams that are down: where there are none, success costs nothing
	circuits atomic.Int32 // of all upstreams: where there are none, asking costs nothing
	large    atomic.Int32 // large probes that are kept
	probes   budget
	checks   budget

	passed   atomic.Int64 // the second in which an exchange went well last
	overview atomic.Pointer[overview]
	looking  sync.Mutex // held while an overview is made
}

// An overview counts the upstreams as they are in one second.
type overview struct {
	second         int64 // in which it was made
	tried, failing int
}

// An upstream is the record of one. Its lock comes after that of the table.
type upstream struct {
	name, key string // the key is what a waiting page asks with
	slot      int    // in the table, under its lock

	mu        sync.Mutex
	isKept    bool  // in the table; where it is not, it counts in no total
	lastPiece int64 // in which it was used
	window    window
	streak    streak
	last      lastFailed
	recovery  recovery
	circuits  []circuit
	checked   time.Time // when it was looked at again last
}

// New makes an empty memory.
func New() *Memory {
	return &Memory{
		paths: maphash.MakeSeed(), table: newTable(),
		probes: budget{limit: probesPerSec, period: time.Second},
		checks: budget{limit: checksPerGap, period: checkGap},
	}
}

// An Exchange is what the memory is told of one request.
type Exchange struct {
	Upstream     string // scheme and host:port
	Path         string // that was asked for
	Visitor      Visitor
	Began, Ended time.Time
}

// Passed notes an exchange that went well to its end. One that took longer than what is
// remembered says nothing: an upgraded connection, say, ends so when the upstream dies.
func (m *Memory) Passed(e Exchange) {
	if e.Ended.Sub(e.Began) > memoryTime {
		return
	}
	number := numberOf(e.Ended)
	m.majority.add(number, e.Visitor)
	if second := e.Ended.Unix(); m.passed.Load() != second {
		m.passed.Store(second)
	}
	u := m.lock(e.Upstream, e.Ended, true)
	defer u.mu.Unlock()
	u.window.pass(number, e.Visitor)
	u.streak.pass(e.Began, e.Ended)
	u.last.pass(e.Visitor, e.Began, func() uint64 { return m.pathHash(e.Path) })
}

// A Failure is what the memory is told of one.
type Failure struct {
	Unreached bool  // there was no connection yet: look-up or connect failed
	Probe     Probe // how to find out whether the upstream works again; nil: nobody can
	IsLarge   bool  // the probe keeps a request alive
}

// Failed notes an exchange that failed. It returns what has been seen, this failure
// included, and the key for [Memory.Back].
func (m *Memory) Failed(e Exchange, f Failure) (seen diagnosis.Evidence, key string) {
	number := numberOf(e.Ended)
	m.majority.add(number, e.Visitor)
	u := m.lock(e.Upstream, e.Ended, false)
	seen = u.fail(e, m.pathHash(e.Path), number, f.Unreached)
	m.fail(u, e.Ended, f)
	u.mu.Unlock()
	seen.Upstreams, seen.UpstreamsFailing = m.allUpstreams(number, e.Ended.Unix())
	if !e.Visitor.known || m.majority.isOne(number) {
		seen.VisitorsKnown, seen.OthersFailing, seen.OthersPassing, seen.YouAlone = false, 0, 0, 0
	}
	return seen, u.key
}

// fail notes a failure and returns what is known of the upstream and its visitors.
func (u *upstream) fail(e Exchange, pathHash uint64, number int64, unreached bool) diagnosis.Evidence {
	u.window.fail(number, e.Visitor, unreached)
	s := u.window.sum(number)
	u.streak.fail(e.Ended, s.passes > calmShare*(s.fails-1))
	return diagnosis.Evidence{
		Tries: s.passes + s.fails, Failures: s.fails, InRow: u.streak.length, Since: u.streak.since(),
		VisitorsKnown: true, OthersFailing: s.failing.without(e.Visitor), OthersPassing: s.passing.without(e.Visitor),
		YouAlone: u.last.fail(e.Visitor, pathHash, e.Ended),
	}
}

// calmShare is how many exchanges go well for one that fails while nothing is wrong.
const calmShare = 9

// pathHash stands for a path; it is never 0.
func (m *Memory) pathHash(path string) uint64 { return maphash.String(m.paths, path) | 1 }

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

// isStale reports an overview that is too old. A caller may be one second behind: not all
// cores see a second end at once.
func (m *Memory) isStale(o *overview, second int64) bool {
	isNow := func(s int64) bool { return s == o.second || s == o.second-1 }
	return o == nil || !isNow(second) || o.tried == o.failing && isNow(m.passed.Load())
}

// look makes the overview.
func (m *Memory) look(number, second int64) *overview {
	o := &overview{second: second}
	m.table.each(func(u *upstream) {
		switch c := u.window.counts(number); {
		case c.passes > 0, c.fails > c.unreached:
			o.tried++
		case c.unreached > 1: // one may be chance
			o.tried++
			o.failing++
		}
	})
	return o
}
