package evidence

import (
	"container/list"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds. What is not remembered counts as back: then visitors simply try.
const (
	maxUpstreams = 1024             // that fail at once
	maxAge       = 30 * time.Second // since the last sign that an upstream fails
	probeGap     = time.Second      // between two probes of one upstream
	probesPerSec = 10               // of all upstreams
	probeTimeout = 5 * time.Second
)

// A Probe finds out whether an upstream works again; nil: it does.
type Probe func(context.Context) error

// A Memory knows the upstreams whose last exchange failed. It is safe for concurrent use;
// make it with [New].
type Memory struct {
	secret [32]byte // of this process: keys tell nothing, and cannot be made up

	failing atomic.Int32 // how many there are, so that success costs nothing where there are none

	mu        sync.Mutex
	upstreams map[string]*list.Element // of upstreams, by name
	byKey     map[string]*list.Element
	order     *list.List // the one that failed last is the last
	second    int64      // in which …
	probes    int        // … so many probes were begun
}

type upstream struct {
	name, key  string
	failed     time.Time // when that was seen last
	probe      Probe     // nil: nobody can ask
	probed     time.Time // when that was begun last
	isProbing  bool
	generation int // of the failures; a probe of an older one proves nothing
}

// New makes an empty memory.
func New() *Memory {
	m := &Memory{upstreams: map[string]*list.Element{}, byKey: map[string]*list.Element{}, order: list.New()}
	rand.Read(m.secret[:]) // never fails since Go 1.24
	return m
}

// Failed notes that an exchange with the upstream failed, and returns the key for
// [Memory.Back]. The probe may be nil.
func (m *Memory) Failed(name string, now time.Time, probe Probe) (key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.upstreams[name]
	if e == nil {
		if m.order.Len() >= maxUpstreams {
			m.forget(m.order.Front())
		}
		u := &upstream{name: name, key: m.keyOf(name)}
		e = m.order.PushBack(u)
		m.upstreams[name], m.byKey[u.key] = e, e
		m.failing.Store(int32(m.order.Len()))
	}
	m.order.MoveToBack(e)
	u := e.Value.(*upstream)
	u.failed, u.probe, u.generation = now, probe, u.generation+1
	return u.key
}

// Succeeded notes that an exchange with the upstream succeeded.
func (m *Memory) Succeeded(name string) {
	if m.failing.Load() == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.upstreams[name]; e != nil {
		m.forget(e)
	}
}

// Back reports whether the upstream behind a key is believed to work. It never waits: a
// probe that it begins answers a later call. Unknown keys are those of upstreams that work.
func (m *Memory) Back(key string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byKey[key]
	if e == nil {
		return true
	}
	u := e.Value.(*upstream)
	if now.Sub(u.failed).Abs() > maxAge && !u.isProbing { // also where the clock was set back
		m.forget(e)
		return true
	}
	if u.probe != nil && !u.isProbing && now.Sub(u.probed).Abs() >= probeGap && m.mayProbe(now) {
		u.isProbing, u.probed = true, now
		go m.ask(e, u.probe, u.generation, now)
	}
	return false
}

func (m *Memory) mayProbe(now time.Time) bool {
	if second := now.Unix(); second != m.second {
		m.second, m.probes = second, 0
	}
	m.probes++
	return m.probes <= probesPerSec
}

func (m *Memory) ask(e *list.Element, probe Probe, generation int, began time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	err := probe(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	u := e.Value.(*upstream)
	u.isProbing = false
	switch {
	case m.upstreams[u.name] != e: // forgotten meanwhile
	case err != nil:
		u.failed = began
	case u.generation == generation:
		m.forget(e)
	}
}

func (m *Memory) forget(e *list.Element) {
	u := m.order.Remove(e).(*upstream)
	delete(m.upstreams, u.name)
	delete(m.byKey, u.key)
	m.failing.Store(int32(m.order.Len()))
}

func (m *Memory) keyOf(name string) string {
	sum := hmac.New(sha256.New, m.secret[:])
	sum.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12])
}
