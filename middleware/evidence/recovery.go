package evidence

import (
	"container/list"
	"context"
	"crypto/hmac"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds. What is not remembered counts as back: then visitors simply try.
const (
	maxUpstreams = 1024             // that are waited for at once
	maxAge       = 30 * time.Second // since the last sign that an upstream fails
	maxLarge     = 64               // probes that each keep a request alive, for as long
	probeGap     = time.Second      // between two probes of one upstream, at least
	probesPerSec = 10               // of all upstreams
	probeTimeout = 5 * time.Second

	askAgain    = 5 * time.Second       // until a waiting tab asks again
	pollsPeriod = 10 * time.Second      // in which polls are counted
	tabPause    = 50 * time.Millisecond // between two tabs that try, on average
	maxSpread   = time.Minute

	noteGap = 5 * time.Second // in which one failure stands for those after it; much less than maxAge
)

// A Probe finds out whether an upstream works again; nil: it does.
type Probe func(context.Context) error

// A recovery knows the upstreams whose last exchange failed, and tells those who wait
// when one is believed back, not all in the same moment.
type recovery struct {
	secret [32]byte // of this process: keys tell nothing, and cannot be made up

	failing atomic.Int32 // how many there are, so that success costs nothing where there are none

	mu        sync.Mutex
	upstreams map[string]*list.Element // of upstreams, by name
	byKey     map[string]*list.Element
	order     *list.List // the one that failed last is the last
	second    int64      // in which …
	probes    int        // … so many probes were begun
	large     int        // probes that are kept and large
}

type upstream struct {
	name, key  string
	back       bool
	failed     time.Time   // when that was seen last
	probe      Probe       // nil: nobody can ask
	letGo      *time.Timer // that forgets it when it is of no use any more; nil: it is not large
	probed     time.Time   // when that was begun last
	isProbing  bool
	generation int // of the failures; a probe of an older one proves nothing
	polls      polls
	noted      atomic.Int64 // failed, in Unix nanoseconds; 0: the next failure must be noted
}

func newRecovery() *recovery {
	m := &recovery{upstreams: map[string]*list.Element{}, byKey: map[string]*list.Element{}, order: list.New()}
	cryptorand.Read(m.secret[:]) // never fails since Go 1.24
	return m
}

// isNoted reports that a failure now need not be noted, as another was just before. That
// spares those who fail together the lock.
func (u *upstream) isNoted(now time.Time) bool {
	noted := u.noted.Load()
	age := now.UnixNano() - noted
	return noted != 0 && age >= 0 && age < int64(noteGap)
}

// fail notes that an exchange failed, and returns what holds the key for back.
func (m *recovery) fail(name string, now time.Time, f Failure) *upstream {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.upstreams[name]
	if e == nil {
		if m.order.Len() >= maxUpstreams {
			m.forget(m.order.Front())
		}
		u := &upstream{name: strings.Clone(name), key: m.keyOf(name), back: true}
		e = m.order.PushBack(u)
		m.upstreams[u.name], m.byKey[u.key] = e, e
	}
	m.order.MoveToBack(e)
	u := e.Value.(*upstream)
	m.setBack(u, false)
	u.failed, u.generation = now, u.generation+1
	m.setProbe(u, f)
	if !u.isProbing { // a probe must learn of failures that come after it began
		u.noted.Store(now.UnixNano())
	}
	return u
}

// pass notes that an exchange succeeded.
func (m *recovery) pass(name string) {
	if m.failing.Load() == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.upstreams[name]; e != nil {
		m.setBack(e.Value.(*upstream), true)
	}
}

// back reports whether the upstream behind a key is believed to work. It never waits: a
// probe that it begins answers a later call.
func (m *recovery) back(key string, now time.Time) (back bool, wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byKey[key]
	if e == nil {
		return true, 0
	}
	u := e.Value.(*upstream)
	age := now.Sub(u.failed).Abs()
	if age > maxAge+maxSpread {
		m.forget(e) // also where the clock was set back
		return true, 0
	}
	if age > maxAge && !u.isProbing {
		m.setBack(u, true) // visitors find out, but not all who wait at once
	}
	if u.back {
		return true, u.polls.spread(now)
	}
	u.polls.add(now)
	if u.probe != nil && !u.isProbing && now.Sub(u.probed).Abs() >= m.gap() && m.mayProbe(now) {
		u.isProbing, u.probed = true, now
		u.noted.Store(0)
		go m.ask(e, u.probe, u.generation, now)
	}
	return false, askAgain
}

// gap is the time between two probes of one upstream. Where many fail it grows: else those
// that are asked for early in each second would take all the probes there are.
func (m *recovery) gap() time.Duration {
	return max(probeGap, time.Duration(m.failing.Load())*time.Second/probesPerSec)
}

func (m *recovery) mayProbe(now time.Time) bool {
	if second := now.Unix(); second != m.second {
		m.second, m.probes = second, 0
	}
	m.probes++
	return m.probes <= probesPerSec
}

func (m *recovery) ask(e *list.Element, probe Probe, generation int, began time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	err := errNoAnswer // also where it panics, or ends its goroutine
	defer func() {
		_ = recover()
		m.answered(e, err, generation, began)
	}()
	err = probe(ctx)
}

var errNoAnswer = errors.New("the probe did not return")

// answered notes what a probe found.
func (m *recovery) answered(e *list.Element, err error, generation int, began time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := e.Value.(*upstream)
	u.isProbing = false
	switch {
	case m.upstreams[u.name] != e: // forgotten meanwhile
	case err != nil:
		u.failed = began
		if u.letGo != nil {
			u.letGo.Reset(maxAge)
		}
	case u.generation == generation:
		m.setBack(u, true)
	}
}

// setProbe keeps the probe. A large one is let go as soon as the upstream is back, or
// believed back; where there are too many nobody can ask.
func (m *recovery) setProbe(u *upstream, f Failure) {
	if u.letGo != nil {
		u.letGo.Stop()
		u.letGo = nil
		m.large--
	}
	u.probe = f.Probe
	if f.Probe == nil || !f.IsLarge {
		return
	}
	if m.large >= maxLarge {
		u.probe = nil
		return
	}
	m.large++
	generation := u.generation
	u.letGo = time.AfterFunc(maxAge, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if u.generation == generation {
			m.setProbe(u, Failure{})
		}
	})
}

func (m *recovery) setBack(u *upstream, back bool) {
	switch {
	case back && !u.back:
		m.failing.Add(-1)
		u.noted.Store(0)
		m.setProbe(u, Failure{})
	case !back && u.back:
		m.failing.Add(1)
	}
	u.back = back
}

func (m *recovery) forget(e *list.Element) {
	u := m.order.Remove(e).(*upstream)
	m.setBack(u, true)
	delete(m.upstreams, u.name)
	delete(m.byKey, u.key)
}

func (m *recovery) keyOf(name string) string {
	sum := hmac.New(sha256.New, m.secret[:])
	sum.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12])
}

// polls counts how many ask, in this period and the one before.
type polls struct {
	began        time.Time
	now, earlier int
}

func (p *polls) turn(now time.Time) {
	switch passed := now.Sub(p.began).Abs(); {
	case passed >= 2*pollsPeriod:
		*p = polls{began: now}
	case passed >= pollsPeriod:
		*p = polls{began: now, earlier: p.now}
	}
}

func (p *polls) add(now time.Time) {
	p.turn(now)
	p.now++
}

// spread returns how long one of those who waited should still wait: the more there are,
// the longer it takes until all of them have tried.
func (p *polls) spread(now time.Time) time.Duration {
	within := min(time.Duration(max(p.now, p.earlier))*tabPause, maxSpread)
	if within < time.Second {
		return 0
	}
	return rand.N(within)
}
