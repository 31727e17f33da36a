// Package evidence remembers which upstreams failed last, in bounded memory, so that a
// waiting visitor can be told when one of them is believed back.
package evidence
