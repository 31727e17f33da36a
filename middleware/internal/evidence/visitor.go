package evidence

import (
	"hash/maphash"
	"math/rand/v2"
	"net/netip"
	"sync/atomic"
	"time"
)

// A Visitor stands for an address. It cannot be turned back, and is another one tomorrow.
// The zero value is a visitor who cannot be told from others.
type Visitor struct {
	hash  uint64
	known bool
}

// bit is the place of a visitor in a set.
func (v Visitor) bit() (word int, bit uint64) {
	return int(v.hash>>6) % setWords, 1 << (v.hash & 63)
}

// salt makes the addresses of one day comparable, and of no other.
type salt struct {
	day  int64
	seed maphash.Seed
}

type salts struct{ current atomic.Pointer[salt] }

func (s *salts) of(now time.Time) maphash.Seed {
	day := now.Unix() / (24 * 60 * 60)
	c := s.current.Load()
	if c == nil || day > c.day || day < c.day-1 { // what ends late at midnight is still of the day before
		fresh := &salt{day, maphash.MakeSeed()}
		if s.current.CompareAndSwap(c, fresh) {
			return fresh.seed
		}
		c = s.current.Load()
	}
	return c.seed
}

// sharedNetwork is what providers put many customers behind (RFC 6598).
var sharedNetwork = netip.MustParsePrefix("100.64.0.0/10")

// Visitor returns who stands behind a peer's address, "IP:port". revealed says that a
// trusted proxy named it. Otherwise an address of an inner network is that of a load
// balancer as likely as not: then nobody can be told apart.
func (m *Memory) Visitor(remoteAddr string, revealed bool, now time.Time) Visitor {
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return Visitor{}
	}
	a := peer.Addr().Unmap().WithZone("")
	if !revealed && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || sharedNetwork.Contains(a)) {
		return Visitor{}
	}
	if a.Is6() {
		p, _ := a.Prefix(64) // one household, one device even, has all of it
		a = p.Addr()
	}
	return Visitor{hash: maphash.Comparable(m.salts.of(now), a), known: true}
}

// A majority finds out whether nearly all requests come from one address: that is not one
// visitor, but what stands before all of them.
type majority struct {
	top    atomic.Uint64 // the address that the majority vote of Boyer and Moore elects
	votes  atomic.Int64
	pieces [pieces]struct {
		number        atomic.Int64
		all, topCount atomic.Uint32 // requests, and those of the top address
	}
}

const (
	majorityShare = 0.9
	minRequests   = 20 // requests in the last minute, below which nothing is concluded
	maxVotes      = 50 // enough to be sure, and soon gone when another takes its place

	exactRequests = 1000 // requests in a piece that all count; of those after them …
	sampleFactor  = 16   // … one in so many does, by chance
)

func (j *majority) add(number int64, v Visitor) {
	p := &j.pieces[uint64(number)%pieces]
	if old := p.number.Load(); old != number && p.number.CompareAndSwap(old, number) {
		p.all.Store(0)
		p.topCount.Store(0)
	}
	if p.all.Load() >= exactRequests && rand.Uint32()%sampleFactor != 0 {
		return // so that cores rarely wait for each other's counts
	}
	p.all.Add(1)
	switch {
	case v.hash == j.top.Load():
		p.topCount.Add(1)
		if j.votes.Load() < maxVotes {
			j.votes.Add(1)
		}
	case j.votes.Add(-1) < 0:
		j.top.Store(v.hash)
		j.votes.Store(1)
		p.topCount.Add(1)
	}
}

// isOne reports that one address makes more than nine in ten of the requests.
func (j *majority) isOne(number int64) bool {
	var all, topCount uint32
	for i := range j.pieces {
		if p := &j.pieces[i]; isCurrent(p.number.Load(), number) {
			all += p.all.Load()
			topCount += p.topCount.Load()
		}
	}
	return all >= minRequests && float64(topCount) > majorityShare*float64(all)
}
