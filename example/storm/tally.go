package main

import (
	"maps"
	"time"
)

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
	errors   map[string]int // of connections, and answers that were not complete
	wrong    map[string]int // answers that are complete but not right
	closed   int            // connections that the server ended after an answer
	latency  histogram
}

func newTally() *tally {
	return &tally{outcomes: map[outcome]int{}, errors: map[string]int{}, wrong: map[string]int{}}
}

func (t *tally) answer(took time.Duration, o outcome) {
	t.answers++
	t.outcomes[o]++
	t.latency.record(took)
}

func (t *tally) add(other *tally) {
	t.requests += other.requests
	t.answers += other.answers
	t.closed += other.closed
	addAll(t.outcomes, other.outcomes)
	addAll(t.errors, other.errors)
	addAll(t.wrong, other.wrong)
	t.latency.add(&other.latency)
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
