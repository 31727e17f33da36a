package middleware

import (
	"hash/maphash"
	"sync/atomic"
)

// places is how many answers a [remembered] holds: an even number.
const places = 512

// A remembered is a lock-free cache of what takes long to find out: a key has two slots, and a
// third entry evicts one. The zero value is empty.
type remembered[K comparable, V any] struct {
	places [places]atomic.Pointer[remark[K, V]]
}

type remark[K comparable, V any] struct {
	key   K
	value V
}

var seed = maphash.MakeSeed()

func (m *remembered[K, V]) get(key K) (value V, ok bool) {
	at := maphash.Comparable(seed, key) % places
	for _, at := range [...]uint64{at, at ^ 1} {
		if r := m.places[at].Load(); r != nil && r.key == key {
			return r.value, true
		}
	}
	return value, false
}

// put takes a key that keeps nothing large alive.
func (m *remembered[K, V]) put(key K, value V) {
	at := maphash.Comparable(seed, key) % places
	if before := m.places[at].Load(); before != nil {
		m.places[at^1].Store(before)
	}
	m.places[at].Store(&remark[K, V]{key, value})
}
