package evidence

import (
	"crypto/hmac"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of the table. What is not remembered counts as an upstream that works: then
// visitors simply try.
const (
	maxUpstreams = 1024
	maxIdle      = 2 * time.Minute // after that a record is forgotten; longer than anything in it counts, but a circuit
	sweepGap     = time.Second     // between two looks for idle records where the table is full; else maxIdle
	sample       = 64              // records that are compared when one must go
)

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

// A table has the records by name and by key. The key is made with a secret of this
// process: it tells nothing of the name, and nobody can make it up.
type table struct {
	secret [32]byte

	mu     sync.RWMutex
	byName map[string]*upstream
	byKey  map[string]*upstream
	all    []*upstream
	hand   int // where the next sample begins
	swept  time.Time
}

func newTable() *table {
	t := &table{byName: map[string]*upstream{}, byKey: map[string]*upstream{}}
	cryptorand.Read(t.secret[:]) // never fails since Go 1.24
	return t
}

// find returns the record of a name, or nil.
func (t *table) find(name string) *upstream {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byName[name]
}

// withKey returns the record that has the key, or nil.
func (t *table) withKey(key string) *upstream {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byKey[key]
}

// each calls f with all records, each of them locked.
func (t *table) each(f func(*upstream)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, u := range t.all {
		u.mu.Lock()
		f(u)
		u.mu.Unlock()
	}
}

func (t *table) keyOf(name string) string {
	sum := hmac.New(sha256.New, t.secret[:])
	sum.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12])
}

// lock returns the record of an upstream, locked; a new one where there is none. hasPassed
// says that an exchange with it went well: its name is not made up.
func (m *Memory) lock(name string, now time.Time, hasPassed bool) *upstream {
	u := m.table.find(name)
	if u == nil {
		u = m.add(name, now, hasPassed)
	}
	u.mu.Lock()
	u.lastPiece = numberOf(now)
	return u
}

// add makes a record. Where there is no room for it, it is not kept.
func (m *Memory) add(name string, now time.Time, hasPassed bool) *upstream {
	t := m.table
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.byName[name]; u != nil {
		return u
	}
	m.sweep(now)
	u := &upstream{lastPiece: numberOf(now)}
	if len(t.all) >= maxUpstreams && !m.makeRoom(numberOf(now), hasPassed) {
		return u
	}
	u.name, u.key, u.isKept = strings.Clone(name), t.keyOf(name), true // the name may be a piece of a request line
	t.byName[u.name], t.byKey[u.key], u.slot = u, u, len(t.all)
	t.all = append(t.all, u)
	return u
}

// sweep forgets the records that were not used for a while.
func (m *Memory) sweep(now time.Time) {
	t := m.table
	gap := maxIdle
	if len(t.all) >= maxUpstreams {
		gap = sweepGap
	}
	if now.Sub(t.swept).Abs() < gap {
		return
	}
	t.swept = now
	for _, u := range slices.Backward(t.all) { // forget puts the last one into the gap
		u.mu.Lock()
		if u.isIdle(now) {
			m.forget(u)
		}
		u.mu.Unlock()
	}
}

// isIdle reports a record that says nothing any more; also where the clock was set back.
func (u *upstream) isIdle(now time.Time) bool {
	age := time.Duration(numberOf(now)-u.lastPiece) * pieceWidth
	for i := range u.circuits {
		if !u.circuits[i].isOld(now) {
			return false
		}
	}
	return age.Abs() >= maxIdle
}

// makeRoom forgets the least recently used of a sample of the records, as Redis does; of
// several the one with the fewest uses, so that a flood of names does not wash away those
// that matter. For a name that may be made up none goes that works.
func (m *Memory) makeRoom(number int64, hasPassed bool) bool {
	t := m.table
	var worst *upstream
	var worstPiece int64
	var worstUses int
	for i := range sample { // far from each other: those that came together are alike
		u := t.all[(t.hand+i*(maxUpstreams/sample))%maxUpstreams]
		u.mu.Lock()
		c, piece := u.window.counts(number), u.lastPiece
		u.mu.Unlock()
		uses := c.passes + c.fails
		isWorse := worst == nil || piece < worstPiece || piece == worstPiece && uses < worstUses
		if isWorse && (hasPassed || c.passes == 0) {
			worst, worstPiece, worstUses = u, piece, uses
		}
	}
	t.hand++
	if worst == nil {
		return false
	}
	worst.mu.Lock()
	defer worst.mu.Unlock()
	m.forget(worst)
	return true
}

// forget takes a record out of the table and of all totals. Both are locked.
func (m *Memory) forget(u *upstream) {
	t, last := m.table, len(m.table.all)-1
	t.all[u.slot], t.all[last].slot = t.all[last], u.slot
	t.all[last] = nil
	t.all = t.all[:last]
	delete(t.byName, u.name)
	delete(t.byKey, u.key)
	m.setDown(u, false)
	m.circuits.Add(-int32(len(u.circuits)))
	u.isKept, u.circuits = false, nil
}
