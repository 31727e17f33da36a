package middleware

import (
	"sync"
	"sync/atomic"
)

// A remembered keeps what takes long to find out, up to a limit; then it begins anew.
// Finding something takes no lock. The zero value is empty.
type remembered[K comparable, V any] struct {
	known sync.Map // K to V
	count atomic.Int32
}

func (m *remembered[K, V]) get(key K) (value V, ok bool) {
	v, ok := m.known.Load(key)
	if ok {
		value = v.(V)
	}
	return value, ok
}

// put takes a key that keeps nothing large alive.
func (m *remembered[K, V]) put(key K, value V, limit int32) {
	if m.count.Add(1) > limit {
		m.known.Clear()
		m.count.Store(1)
	}
	m.known.Store(key, value)
}
