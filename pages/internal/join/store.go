package join

import (
	"hash/maphash"
	"maps"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Store holds templates by key, with their pieces. Readers wait for nobody: they see a map
// that is never changed, only replaced. One writer at a time makes a template, beside it.
// Which keys are asked for is up to visitors: the store has a bound on templates and one on
// bytes.
type Store[K comparable] struct {
	known atomic.Pointer[map[K]*entry[K]]

	making sync.Mutex // held by the writer

	mu     sync.Mutex        // of what follows; no reader needs it
	pieces map[string]*piece // by text
	bytes  int
	seen   []uint64    // hashes of keys that were asked for; nil while there is room
	order  []*entry[K] // of the CLOCK (second chance) eviction
	hand   int

	maxTemplates, maxBytes int
	escapes                Escapes
	borders                *regexp.Regexp
}

type entry[K comparable] struct {
	*Template // nil: pages of the key cannot be cut
	key       K
	used      atomic.Bool // since the hand of the clock came by
}

func (e *entry[K]) weight() int {
	return int(unsafe.Sizeof(*e)+unsafe.Sizeof(e.key)) + e.Template.weight()
}

// NewStore makes a store that keeps at most so many templates and bytes. Pages are cut where
// borders match, too.
func NewStore[K comparable](maxTemplates, maxBytes int, e Escapes, borders *regexp.Regexp) *Store[K] {
	st := &Store[K]{pieces: map[string]*piece{}, maxTemplates: maxTemplates, maxBytes: maxBytes, escapes: e, borders: borders}
	st.known.Store(&map[K]*entry[K]{})
	return st
}

// Get returns the template of a key, nil where its pages cannot be cut. Where the key is not
// known, [Store.Make] may help.
func (st *Store[K]) Get(k *K) (t *Template, known bool) {
	found := (*st.known.Load())[*k]
	if found == nil {
		return nil, false
	}
	if !found.used.Load() {
		found.used.Store(true) // not each time: processors would take the line from each other
	}
	return found.Template, true
}

// Make makes the template of a key, from a page with marks in it. The store keeps the key:
// it should hold nothing large alive. Nil means that the page must be rendered: it cannot be
// cut, another template is just being made, or there is not enough room for all keys.
func (st *Store[K]) Make(k K, draft func() (page, policy string, err error)) *Template {
	if !st.making.TryLock() {
		return nil
	}
	defer st.making.Unlock()
	if t, known := st.Get(&k); known {
		return t
	}
	if !st.admits(k) {
		return nil
	}
	page, policy, err := draft()
	st.mu.Lock()
	defer st.mu.Unlock()
	made := &entry[K]{key: k} // without a template, so that nobody tries again
	if err == nil {
		made.Template = st.build(page)
	}
	if made.Template != nil {
		made.Policy = policy
	}
	st.keep(made)
	return made.Template
}

var seed = maphash.MakeSeed()

// admits reports that there is room for another key; where there is hardly any, that this one
// was asked for before. Those that only one visitor has stay out then.
func (st *Store[K]) admits(k K) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.order) < st.maxTemplates*7/8 && st.bytes < st.maxBytes*7/8 {
		return true
	}
	if st.seen == nil {
		st.seen = make([]uint64, 1024)
	}
	hash := maphash.Comparable(seed, k)
	at := &st.seen[hash%uint64(len(st.seen))]
	known := *at == hash
	*at = hash
	return known
}

// build cuts a page; one that cannot be cut gives no template.
func (st *Store[K]) build(page string) *Template {
	var fresh []*piece
	made, err := newTemplate(page, st.escapes, st.borders, func(text string) (*piece, error) {
		if p := st.pieces[text]; p != nil {
			return p, nil
		}
		p, err := newPiece(text)
		if err == nil {
			st.pieces[p.plain] = p
			fresh = append(fresh, p)
		}
		return p, err
	})
	if err != nil {
		for _, p := range fresh {
			delete(st.pieces, p.plain)
		}
		return nil
	}
	for _, p := range fresh {
		st.bytes += p.weight()
	}
	return made
}

// keep puts an entry into the store, and throws out what there is no more room for.
func (st *Store[K]) keep(made *entry[K]) {
	for _, p := range made.allPieces() {
		p.uses++
	}
	st.bytes += made.weight()
	next := maps.Clone(*st.known.Load())
	for len(st.order) > 0 && (len(st.order) >= st.maxTemplates || st.bytes > st.maxBytes) {
		st.hand %= len(st.order)
		if st.order[st.hand].used.Swap(false) {
			st.hand++
			continue
		}
		st.drop(next, st.hand)
	}
	next[made.key] = made
	st.hand = min(st.hand, len(st.order))
	st.order = slices.Insert(st.order, st.hand, made) // where the hand comes by last
	st.hand++
	st.known.Store(&next)
}

// drop takes the entry at a place of the clock out of the next map.
func (st *Store[K]) drop(next map[K]*entry[K], at int) {
	gone := st.order[at]
	st.order = slices.Delete(st.order, at, at+1)
	delete(next, gone.key)
	st.bytes -= gone.weight()
	for _, p := range gone.allPieces() {
		if p.uses--; p.uses == 0 {
			delete(st.pieces, p.plain)
			st.bytes -= p.weight()
		}
	}
}
