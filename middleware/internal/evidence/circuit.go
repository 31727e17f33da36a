package evidence

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Bounds on circuits.
const (
	failuresToOpen = 3  // in a row, with no connection between
	maxCircuits    = 64 // of one upstream; the transports beyond always try
)

// Circuits are the circuit breakers of one transport: upstreams that it could not connect to
// lately. A request for one that failed three times in a row is answered from memory for a
// moment, without another try; after that one request tries. The first connection that
// anybody gets ends it for all. A nil *Circuits knows none.
type Circuits struct {
	memory *Memory
	via    any // the transport: with it come its forward proxies and the names it asks servers for
	moment time.Duration
}

// Circuits returns those of a transport, a comparable value.
func (m *Memory) Circuits(via any, moment time.Duration) *Circuits {
	return &Circuits{memory: m, via: via, moment: moment}
}

// A circuit is that of one upstream, by one transport. It is there from the first failure
// until a connection is, or until it is too old to mean anything.
type circuit struct {
	via      any
	moment   time.Duration
	failures int
	failed   time.Time        // last
	until    time.Time        // nobody tries before
	answer   *diagnosis.Error // the last failure, for all who do not try; never changed
}

// lock returns the circuit of an upstream and its record, locked; nil where there is none.
func (cs *Circuits) lock(name string) (*upstream, *circuit) {
	if cs == nil || cs.memory.circuits.Load() == 0 {
		return nil, nil
	}
	u := cs.memory.table.find(name)
	if u == nil {
		return nil, nil
	}
	u.mu.Lock()
	for i := range u.circuits {
		if c := &u.circuits[i]; c.via == cs.via {
			return u, c
		}
	}
	u.mu.Unlock()
	return nil, nil
}

// Refuse returns the failure to answer with, or nil for a request that shall try. isTrial
// says that it tries for all others, who do not wait for it.
func (cs *Circuits) Refuse(name string, now time.Time) (isTrial bool, err error) {
	u, c := cs.lock(name)
	if c == nil {
		return false, nil
	}
	defer u.mu.Unlock()
	switch {
	case c.failures < failuresToOpen, c.isOld(now):
		return false, nil
	case now.Before(c.until):
		return false, c.answer
	}
	c.until = c.next(now) // should this one take long, another one tries then
	return true, nil
}

// Connected notes that a request has a connection: whatever comes of it, the way is there.
func (cs *Circuits) Connected(name string) {
	if u, _ := cs.lock(name); u != nil {
		defer u.mu.Unlock()
		cs.memory.dropCircuits(u, func(c circuit) bool { return c.via == cs.via })
	}
}

// Release lets the next request try: the one that tried for all found nothing out.
func (cs *Circuits) Release(name string) {
	if u, c := cs.lock(name); c != nil {
		defer u.mu.Unlock()
		c.until = time.Time{}
	}
}

// Missed notes a failure that counts, and the answer for all who will not try.
func (cs *Circuits) Missed(name string, now time.Time, answer *diagnosis.Error) {
	u := cs.memory.lock(name, now, false)
	defer u.mu.Unlock()
	c := cs.circuit(u, now)
	if c == nil {
		return
	}
	c.failures++
	c.failed = now
	if c.failures >= failuresToOpen {
		c.until, c.answer = c.next(now), answer
	}
}

// circuit returns that of a locked record, a new one where there is none or an old one; nil:
// there are too many.
func (cs *Circuits) circuit(u *upstream, now time.Time) *circuit {
	cs.memory.dropCircuits(u, func(c circuit) bool { return c.isOld(now) })
	for i := range u.circuits {
		if c := &u.circuits[i]; c.via == cs.via {
			return c
		}
	}
	if len(u.circuits) >= maxCircuits || !u.isKept {
		return nil
	}
	cs.memory.circuits.Add(1)
	u.circuits = append(u.circuits, circuit{via: cs.via, moment: cs.moment})
	return &u.circuits[len(u.circuits)-1]
}

// dropCircuits forgets some circuits of a locked record.
func (m *Memory) dropCircuits(u *upstream, isOut func(circuit) bool) {
	before := len(u.circuits)
	u.circuits = slices.DeleteFunc(u.circuits, isOut)
	m.circuits.Add(int32(len(u.circuits) - before))
}

// next is when the next request tries. Gateways of one fleet shall not try in step.
func (c *circuit) next(now time.Time) time.Time {
	return now.Add(time.Duration((0.75 + rand.Float64()/2) * float64(c.moment)))
}

// isOld reports a circuit that says nothing any more. A clock that was set back makes it
// old too.
func (c *circuit) isOld(now time.Time) bool {
	return now.Sub(c.failed).Abs() > time.Minute+2*c.moment
}
