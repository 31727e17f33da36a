package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// shortestForMemory is how long a storm must last to say whether memory is flat.
	shortestForMemory = 20 * time.Second
	window            = 5 * time.Second
	maxGrowth         = 1.25
	// maxDeadLines bounds the log of a gateway whose upstream is dead: one and the same
	// failure all the time.
	maxDeadLines = 200
	// maxLeft is how many files more than before may be open after a storm: connections
	// to the upstream that wait for their next use.
	maxLeft = 10
)

// A result is everything that is known after a storm.
type result struct {
	options
	*tally
	took        time.Duration
	before      sample // idle
	samples     []sample
	after       sample // idle again
	ownCPU      time.Duration
	logLines    int
	logBytes    int64
	logFirst    string
	accessLines int
}

// faults lists what was not as it must be.
func (r *result) faults() (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if r.answers == 0 {
		fault("there was no answer at all")
	}
	if n := sum(r.errors); n > 0 {
		fault("%d requests without a complete answer", n)
	}
	if n := sum(r.wrong); n > 0 {
		fault("%d answers are not right", n)
	}
	if early, late := r.memory(window, 2*window), r.memoryAtEnd(); r.took >= shortestForMemory && late > maxGrowth*early {
		fault("memory grew from %s to %s", megabytes(early), megabytes(late))
	}
	if r.upstream == "dead" && r.logLines > maxDeadLines {
		fault("%d lines of log for one dead upstream; at most %d would do", r.logLines, maxDeadLines)
	}
	if r.accessLog && r.accessLines != r.requests {
		fault("%d lines of access log for %d requests", r.accessLines, r.requests)
	}
	if left := r.after.files - r.before.files; left > maxLeft {
		fault("%d files left open", left)
	}
	return faults
}

// memory is the average of the samples taken in a span of time, in bytes; 0: there are none.
func (r *result) memory(from, to time.Duration) float64 {
	var total float64
	n := 0
	for _, s := range r.samples {
		if s.at >= from && s.at < to {
			total += float64(s.resident)
			n++
		}
	}
	return total / float64(max(n, 1))
}

func (r *result) memoryAtEnd() float64 { return r.memory(r.took-window, r.took+1) }

func (r *result) mostFiles() (n int) {
	for _, s := range r.samples {
		n = max(n, s.files)
	}
	return n
}

func (r *result) print(w io.Writer) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-15s "+format+"\n", append([]any{name}, args...)...)
	}
	line("storm", "%s upstream, %d connections (%d of them anew for each request), %s, %s",
		r.upstream, r.connections, r.reconnecting(), r.took.Round(100*time.Millisecond), r.pacing())
	line("asked for", "%s in %s", strings.Join(r.forms, ", "), strings.Join(r.languages, ", "))
	line("requests", "%d, answers %d: %.0f/s", r.requests, r.answers, float64(r.answers)/r.took.Seconds())
	for _, o := range sortedOutcomes(r.outcomes) {
		line("", "%d %s: %d", o.status, cmp.Or(o.error, "(no error named)"), r.outcomes[o])
	}
	printCounts(line, "client errors", r.errors)
	printCounts(line, "wrong answers", r.wrong)
	line("latency", "p50 %v, p99 %v, p99.9 %v, max %v", r.quantile(50), r.quantile(99), r.quantile(99.9), r.quantile(100))
	r.printGateway(line)
	faults := r.faults()
	for _, fault := range faults {
		line("FAULT", "%s", fault)
	}
	if len(faults) == 0 {
		line("verdict", "all as it must be")
	}
}

// printGateway prints what the storm did to the gateway.
func (r *result) printGateway(line func(name, format string, args ...any)) {
	line("memory", "%s idle; first 5 s %s, second 5 s %s, last 5 s %s; at most %s; after %s", megabytes(float64(r.before.resident)),
		megabytes(r.memory(0, window)), megabytes(r.memory(window, 2*window)), megabytes(r.memoryAtEnd()),
		megabytes(float64(r.after.peak)), megabytes(float64(r.after.resident)))
	cpu := r.after.cpu - r.before.cpu
	line("processor", "%.2f s per 10,000 answers (%.1f s in all; the storm itself %.1f s)",
		cpu.Seconds()*10_000/float64(max(r.answers, 1)), cpu.Seconds(), r.ownCPU.Seconds())
	line("open files", "%d idle, at most %d, after %d", r.before.files, r.mostFiles(), r.after.files)
	line("log", "%d lines, %d bytes", r.logLines, r.logBytes)
	if r.logFirst != "" {
		line("  first line", "%s", r.logFirst)
	}
	if r.accessLog {
		line("access log", "%d lines", r.accessLines)
	}
}

func (r *result) pacing() string {
	if r.rate == 0 {
		return "as fast as possible"
	}
	return fmt.Sprintf("%d requests/s", r.rate)
}

func printCounts(line func(name, format string, args ...any), name string, counts map[string]int) {
	line(name, "%d", sum(counts))
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		line("", "%s: %d", what, counts[what])
	}
}

func sortedOutcomes(outcomes map[outcome]int) []outcome {
	return slices.SortedFunc(maps.Keys(outcomes), func(a, b outcome) int {
		return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(a.error, b.error))
	})
}

func megabytes(n float64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f MB", n/1e6)
}
