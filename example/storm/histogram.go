package main

import (
	"math/bits"
	"time"
)

// Buckets of a histogram: one for each microsecond up to 64, then 32 for each doubling,
// so that a latency is known to 3 percent; the last is for all from about 2 hours on.
const (
	exactBuckets   = 64
	perDoubling    = 32
	allBuckets     = exactBuckets + 27*perDoubling
	bitsPerBuckets = 5 // log2 of perDoubling
)

// A histogram counts latencies. Its size does not depend on how many there are.
type histogram struct {
	counts [allBuckets]uint32
	n      uint64
	max    time.Duration
}

func (h *histogram) record(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.n++
	h.max = max(h.max, d)
}

func (h *histogram) add(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.n += other.n
	h.max = max(h.max, other.max)
}

// quantile returns the latency that the given share of all does not exceed.
func (h *histogram) quantile(share float64) time.Duration {
	rank := uint64(share * float64(h.n))
	var seen uint64
	for i, n := range h.counts {
		seen += uint64(n)
		if seen > rank {
			return min(endOf(i), h.max)
		}
	}
	return h.max
}

func bucketOf(d time.Duration) int {
	us := uint64(max(0, d.Microseconds()))
	if us < exactBuckets {
		return int(us)
	}
	shift := bits.Len64(us) - bitsPerBuckets - 1 // leaves perDoubling to 2*perDoubling-1
	return min(shift*perDoubling+int(us>>shift), allBuckets-1)
}

// endOf is the longest latency of a bucket.
func endOf(bucket int) time.Duration {
	if bucket < exactBuckets {
		return time.Duration(bucket) * time.Microsecond
	}
	shift := bucket/perDoubling - 1
	start := uint64(bucket-shift*perDoubling) << shift
	return time.Duration(start+1<<shift-1) * time.Microsecond
}
