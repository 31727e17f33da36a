package evidence

import (
	"hash/maphash"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

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
