// Package evidence remembers the last minutes of each upstream, in bounded memory: how many
// exchanges passed and failed and for whom, since when none passed, whether it is believed
// back, and whether it can be connected to at all.
package evidence
