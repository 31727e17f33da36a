package middleware

import (
	"hash/maphash"
	"strconv"
	"sync"
	"testing"
)

func TestRemembered(t *testing.T) {
	var m remembered[string, int]
	if v, ok := m.get("a"); ok || v != 0 {
		t.Errorf("an empty one has %d, %t", v, ok)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for n := range 4 * places {
				m.put(strconv.Itoa(n), n)
				if v, ok := m.get(strconv.Itoa(n)); ok && v != n {
					t.Errorf("%d has %d", n, v)
				}
			}
		})
	}
	all.Wait()
	kept := 0
	for n := range 4 * places {
		if _, ok := m.get(strconv.Itoa(n)); ok {
			kept++
		}
	}
	if kept < places/2 {
		t.Errorf("%d are kept, want most of %d", kept, places)
	}
}

// TestRememberedBothOfOnePlace: two that share a place are both found.
func TestRememberedBothOfOnePlace(t *testing.T) {
	byPlace := map[uint64]string{}
	for n := range 4 * places {
		key := strconv.Itoa(n)
		at := maphash.Comparable(seed, key) % places
		other, taken := byPlace[at]
		byPlace[at] = key
		if !taken {
			continue
		}
		var m remembered[string, string]
		m.put(other, other)
		m.put(key, key)
		for _, want := range []string{key, other} {
			if got, _ := m.get(want); got != want {
				t.Fatalf("%s and %s share place %d: %s has %q", other, key, at, want, got)
			}
		}
	}
}
