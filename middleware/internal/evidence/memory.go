package evidence

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// A Memory knows what happened in the last minute: with each upstream, with all of them,
// to whom. It takes at most about 1.5 MB beside the names of 1024 upstreams, whatever comes:
// they are copies, and as long as they are given; and what at most 64 large probes keep alive,
// as long as somebody asks. It is safe for concurrent use; make it with [New].
type Memory struct {
	salts    salts
	paths    maphash.Seed // of the hashes of paths
	table    *table
	majority majority

	failing  atomic.Int32 // upstreams that are down: where there are none, success costs nothing
	circuits atomic.Int32 // of all upstreams: where there are none, asking costs nothing
	large    atomic.Int32 // large probes that are kept
	probes   budget
	checks   budget

	passed   atomic.Int64 // the second in which an exchange went well last
	overview atomic.Pointer[overview]
	looking  sync.Mutex // held while an overview is made
}

// New makes an empty memory.
func New() *Memory {
	return &Memory{
		paths: maphash.MakeSeed(), table: newTable(),
		probes: budget{limit: probesPerSec, period: time.Second},
		checks: budget{limit: checksPerGap, period: checkGap},
	}
}

// An Exchange is what the memory is told of one request.
type Exchange struct {
	Upstream     string // scheme and host:port
	Path         string // that was asked for
	Visitor      Visitor
	Began, Ended time.Time
}
