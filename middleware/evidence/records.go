package evidence

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

// Bounds. One that is forgotten makes room for one of its shard.
const (
	shards     = 16
	slots      = 128 // of a shard: twice its share, so that each is found at once
	maxRecords = shards * slots / 2
)

// The records are kept in shards, so that adding one rarely makes others wait. Finding one
// takes no lock and writes nothing.
type records struct {
	seed   maphash.Seed
	count  atomic.Int64
	shards [shards]shard
}

type shard struct {
	adding  sync.Mutex
	tags    [slots]atomic.Uint32 // of the names: finding reads these, not each record
	records [slots]atomic.Pointer[record]
}

// of returns the record of an upstream, a new one where there is none.
func (rs *records) of(name string, number int64) *record {
	hash := maphash.String(rs.seed, name)
	s, tag := &rs.shards[hash%shards], uint32(hash>>32)
	if r := s.find(name, tag); r != nil {
		return r
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	if r := s.find(name, tag); r != nil {
		return r
	}
	slot := -1
	if rs.count.Load() >= maxRecords {
		slot = s.least(number)
	}
	if slot < 0 {
		slot = s.free(tag)
		rs.count.Add(1)
	}
	r := &record{name: strings.Clone(name)}
	r.lastPiece.Store(number)
	s.tags[slot].Store(tag)
	s.records[slot].Store(r)
	return r
}

// find looks at the slot of the tag first, and then at those after it: a record may be in
// any.
func (s *shard) find(name string, tag uint32) *record {
	for i := range uint32(slots) {
		slot := (tag + i) % slots
		if s.tags[slot].Load() != tag {
			continue
		}
		if r := s.records[slot].Load(); r != nil && r.name == name {
			return r
		}
	}
	return nil
}

// free returns the first free slot for a tag.
func (s *shard) free(tag uint32) int {
	for i := range uint32(slots) {
		if slot := (tag + i) % slots; s.records[slot].Load() == nil {
			return int(slot)
		}
	}
	return int(tag % slots) // none: names are spread so evenly that this does not happen
}

// least returns the slot of the record that was used longest ago; of several the one used
// least, so that a flood of names does not wash away those that matter. -1: it has none.
func (s *shard) least(number int64) (slot int) {
	slot = -1
	var least *record
	var leastUses int
	for i := range s.records {
		r := s.records[i].Load()
		if r == nil || least != nil && r.lastPiece.Load() > least.lastPiece.Load() {
			continue
		}
		c := r.window.counts(number)
		if uses := c.passes + c.fails; least == nil || r.lastPiece.Load() < least.lastPiece.Load() || uses < leastUses {
			slot, least, leastUses = i, r, uses
		}
	}
	return slot
}

// each calls f for all records.
func (rs *records) each(f func(*record)) {
	for i := range rs.shards {
		s := &rs.shards[i]
		for j := range s.records {
			if r := s.records[j].Load(); r != nil {
				f(r)
			}
		}
	}
}
