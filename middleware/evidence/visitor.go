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

func (v Visitor) place() (word int, bit uint64) {
	return int(v.hash>>6) % words, 1 << (v.hash & 63)
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

// A crowd finds out whether nearly all requests come from one address: that is not one
// visitor, but what stands before all of them.
type crowd struct {
	favourite atomic.Uint64 // by majority vote (Boyer and Moore)
	votes     atomic.Int64
	pieces    [pieces]struct {
		number     atomic.Int64
		all, given atomic.Uint32 // requests, and those of the favourite
	}
}

const (
	crowdShare  = 0.9
	crowdSample = 20 // requests in the last minute, below which nothing is concluded
	maxVotes    = 50 // enough to be sure, and soon gone when another takes its place

	crowdExact  = 1000 // requests in a piece that all count; of those after them …
	crowdFactor = 16   // … one in so many does, by chance
)

func (c *crowd) add(number int64, v Visitor) {
	p := &c.pieces[uint64(number)%pieces]
	if old := p.number.Load(); old != number && p.number.CompareAndSwap(old, number) {
		p.all.Store(0)
		p.given.Store(0)
	}
	if p.all.Load() >= crowdExact && rand.Uint32()%crowdFactor != 0 {
		return // so that cores rarely wait for each other's counts
	}
	p.all.Add(1)
	switch {
	case v.hash == c.favourite.Load():
		p.given.Add(1)
		if c.votes.Load() < maxVotes {
			c.votes.Add(1)
		}
	case c.votes.Add(-1) < 0:
		c.favourite.Store(v.hash)
		c.votes.Store(1)
		p.given.Add(1)
	}
}

// isOne reports that one address makes more than nine in ten of the requests.
func (c *crowd) isOne(number int64) bool {
	var all, given uint32
	for i := range c.pieces {
		if p := &c.pieces[i]; isCurrent(p.number.Load(), number) {
			all += p.all.Load()
			given += p.given.Load()
		}
	}
	return all >= crowdSample && float64(given) > crowdShare*float64(all)
}
