package evidence

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds on waiting for an upstream.
const (
	maxAge       = 30 * time.Second // since the last sign that an upstream fails
	maxLarge     = 64               // probes that each keep a request alive, for as long
	probeGap     = time.Second      // between two probes of one upstream, at least
	probesPerSec = 10               // of all upstreams
	probeTimeout = 5 * time.Second

	askAgain    = 5 * time.Second       // until a waiting tab asks again
	pollsPeriod = 10 * time.Second      // in which polls are counted
	tabPause    = 50 * time.Millisecond // between two tabs that try, on average
	maxSpread   = time.Minute

	checkGap     = time.Minute // between two checks of one upstream
	checksPerGap = 64          // of all upstreams
)

// A Probe finds out whether an upstream works again; nil: it does.
type Probe func(context.Context) error

// A Failure is what the memory is told of one.
type Failure struct {
	Unreached bool  // there was no connection yet: look-up or connect failed
	Probe     Probe // how to find out whether the upstream works again; nil: nobody can
	IsLarge   bool  // the probe keeps a request alive
}

// A recovery knows whether the last exchange with an upstream failed, and tells those who
// wait when it is believed back, not all in the same moment.
type recovery struct {
	isDown     atomic.Bool // written under the lock
	failed     time.Time   // when that was seen last
	probe      Probe       // nil: nobody can ask
	letGo      *time.Timer // lets a large probe go when it is of no use any more; nil: it is not large
	probed     time.Time   // when that was begun last
	isProbing  bool
	generation int // of the failures; a probe of an older one proves nothing
	polls      polls
}

// A budget is how often something may be done in a period, by all together.
type budget struct {
	limit  int
	period time.Duration

	mu    sync.Mutex
	turn  int64 // the number of the period in which …
	taken int   // … so much was done
}

func (b *budget) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if turn := now.UnixNano() / int64(b.period); turn != b.turn {
		b.turn, b.taken = turn, 0
	}
	b.taken++
	return b.taken <= b.limit
}

// polls counts how many ask, in this period and the one before.
type polls struct {
	began        time.Time
	now, earlier int
}

func (p *polls) turn(now time.Time) {
	switch passed := now.Sub(p.began).Abs(); {
	case passed >= 2*pollsPeriod:
		*p = polls{began: now}
	case passed >= pollsPeriod:
		*p = polls{began: now, earlier: p.now}
	}
}

func (p *polls) add(now time.Time) {
	p.turn(now)
	p.now++
}

// spread returns how long one of those who waited should still wait: the more there are,
// the longer it takes until all of them have tried.
func (p *polls) spread(now time.Time) time.Duration {
	within := min(time.Duration(max(p.now, p.earlier))*tabPause, maxSpread)
	if within < time.Second {
		return 0
	}
	return rand.N(within)
}
