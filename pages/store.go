package pages

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Bounds on what sites that share a store keep to serve pages fast. Which variants there are
// is up to the visitors, too: their languages, browsers and methods. 20 variants of one brand
// in one language take about 200 KB; a compressor, a megabyte, comes and goes.
const (
	maxVariants = 1024
	maxPrepared = 8 << 20 // bytes of pieces and skeletons
)

// A store holds skeletons and their pieces. Readers wait for nobody: they see a map that
// is never changed, only replaced. One writer at a time makes a skeleton, beside it.
type store struct {
	variants atomic.Pointer[map[variant]*skeleton]

	making sync.Mutex // held by who makes a skeleton

	mu     sync.Mutex        // of what follows; no reader needs it
	pieces map[string]*piece // by text
	bytes  int
	seen   []uint64    // hashes of variants that were asked for; nil while there is room
	order  []*skeleton // of a clock: those that were not used go when its hand comes by
	hand   int

	maxVariants, maxBytes int
}

// Share has sites keep together what they prepare: parts that are alike are there once, and
// the bounds that [Site.AppendPrepared] tells are those of all. Call it before they are used.
// A site that shares with nobody keeps its own.
func Share(sites ...*Site) {
	st := newStore(maxVariants, maxPrepared)
	for i, s := range sites {
		s.id, s.prepared = i, st
	}
}

func newStore(maxVariants, maxBytes int) *store {
	st := &store{pieces: map[string]*piece{}, maxVariants: maxVariants, maxBytes: maxBytes}
	st.variants.Store(&map[variant]*skeleton{})
	return st
}

// get returns the skeleton of a variant; nil: there is none yet.
func (st *store) get(k *variant) *skeleton {
	found := (*st.variants.Load())[*k]
	if found != nil && !found.used.Load() {
		found.used.Store(true) // not each time: processors would take the line from each other
	}
	return found
}

// make prepares a variant. Where another one is just being prepared, it gives up: the
// page is then rendered.
func (st *store) make(s *Site, k *variant, v *View) *skeleton {
	if !st.making.TryLock() {
		return nil
	}
	defer st.making.Unlock()
	if known := st.get(k); known != nil {
		return known
	}
	if !st.admits(*k) {
		return nil
	}
	draft, policy, err := s.draft(context.Background(), k, v.Languages, v.AllLanguages)
	st.mu.Lock()
	defer st.mu.Unlock()
	made := &skeleton{} // without runs, so that nobody tries again
	if err == nil {
		made = st.build(draft)
	}
	made.variant, made.policy, made.links, made.all = k.owned(), policy, slices.Clone(v.Languages), strings.Clone(v.AllLanguages)
	for i := range made.links {
		made.links[i].URL = strings.Clone(made.links[i].URL)
	}
	st.keep(made)
	return made
}

// admits reports that there is room for another variant; where there is hardly any, that
// this one was asked for before. Those that only one visitor has stay out then.
func (st *store) admits(k variant) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.order) < st.maxVariants*7/8 && st.bytes < st.maxBytes*7/8 {
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

// build cuts a draft; one that cannot be cut gives no runs.
func (st *store) build(draft string) *skeleton {
	var fresh []*piece
	made, err := newSkeleton(draft, func(text string) (*piece, error) {
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
		return &skeleton{}
	}
	for _, p := range fresh {
		st.bytes += p.weight()
	}
	return made
}

// keep puts a skeleton into the store, and throws out what there is no more room for.
func (st *store) keep(made *skeleton) {
	for _, p := range made.pieces {
		p.uses++
	}
	st.bytes += made.weight()
	next := maps.Clone(*st.variants.Load())
	for len(st.order) > 0 && (len(st.order) >= st.maxVariants || st.bytes > st.maxBytes) {
		st.hand %= len(st.order)
		if st.order[st.hand].used.Swap(false) {
			st.hand++
			continue
		}
		st.drop(next, st.hand)
	}
	next[made.variant] = made
	st.hand = min(st.hand, len(st.order))
	st.order = slices.Insert(st.order, st.hand, made) // where the hand comes by last
	st.hand++
	st.variants.Store(&next)
}

// drop takes the skeleton at a place of the clock out of the next map.
func (st *store) drop(next map[variant]*skeleton, at int) {
	gone := st.order[at]
	st.order = slices.Delete(st.order, at, at+1)
	delete(next, gone.variant)
	st.bytes -= gone.weight()
	for _, p := range gone.pieces {
		if p.uses--; p.uses == 0 {
			delete(st.pieces, p.plain)
			st.bytes -= p.weight()
		}
	}
}
