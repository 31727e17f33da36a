package middleware

import (
	"strconv"
	"sync"
	"testing"
)

func TestRemembered(t *testing.T) {
	var m remembered[acceptField, int]
	if v, ok := m.get("a"); ok || v != 0 {
		t.Errorf("an empty one has %d, %t", v, ok)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for n := range 4 * places { // many share a place
				key := acceptField(strconv.Itoa(n))
				m.put(key, n)
				if v, ok := m.get(key); ok && v != n {
					t.Errorf("%s has %d", key, v)
				}
			}
		})
	}
	all.Wait()
	m.put("one", 1)
	m.put("two", 2)
	if v, ok := m.get("two"); !ok || v != 2 {
		t.Errorf("what was put last has %d, %t", v, ok)
	}
	kept := 0
	for n := range 4 * places {
		if _, ok := m.get(acceptField(strconv.Itoa(n))); ok {
			kept++
		}
	}
	if kept > places {
		t.Errorf("%d are kept, want at most %d", kept, places)
	}
}
