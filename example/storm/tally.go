package main

import (
	"maps"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// maxLatency is counted for all that is longer: at a rate that the gateway cannot follow,
// visitors are late by up to the time of the load.
const maxLatency = 2 * time.Hour

// An outcome is a kind of answer.
type outcome struct {
	status int
	error  string // as the gateway names it; empty: it names none
}

// A tally is what clients count. Each has its own, so that they do not wait for each other.
type tally struct {
	requests int // sent, or tried
	answers  int // complete
	outcomes map[outcome]int
	errors   map[string]int          // of connections, and answers that were not complete
	wrong    map[string]int          // answers that are complete but not right
	closed   int                     // connections that the server ended after an answer
	latency  *hdrhistogram.Histogram // in microseconds, to 1 percent
}

func newTally() *tally {
	return &tally{
		outcomes: map[outcome]int{}, errors: map[string]int{}, wrong: map[string]int{},
		latency: hdrhistogram.New(1, maxLatency.Microseconds(), 2),
	}
}

func (t *tally) answer(took time.Duration, o outcome) {
	t.answers++
	t.outcomes[o]++
	_ = t.latency.RecordValue(min(took, maxLatency).Microseconds())
}

// quantile is the latency that the given percentage of the answers does not exceed; of 100,
// the longest.
func (t *tally) quantile(percent float64) time.Duration {
	return time.Duration(t.latency.ValueAtQuantile(percent)) * time.Microsecond
}

func (t *tally) add(other *tally) {
	t.requests += other.requests
	t.answers += other.answers
	t.closed += other.closed
	addAll(t.outcomes, other.outcomes)
	addAll(t.errors, other.errors)
	addAll(t.wrong, other.wrong)
	t.latency.Merge(other.latency)
}

func addAll[K comparable](to, from map[K]int) {
	for key, n := range from {
		to[key] += n
	}
}

func sum[K comparable](counts map[K]int) (n int) {
	for c := range maps.Values(counts) {
		n += c
	}
	return n
}
