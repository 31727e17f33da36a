package main

import (
	"fmt"
	"io"
	"time"
)

const (
	// shortestForGrowth is how long a soak must last to say whether memory is flat.
	shortestForGrowth = 2 * time.Minute
	// maxHeapLeft is how much more memory may be in use after a soak than before: what is
	// made once and kept, for each language and kind of failure.
	maxHeapLeft = 16 << 20
)

func (r *soakResult) printHead(w io.Writer) {
	fmt.Fprintf(w, "%8s %9s %9s %7s %6s %6s", "time", "requests", "answers", "left", "wrong", "errors")
	for _, g := range r.gateways {
		fmt.Fprintf(w, " | %5s: %9s %9s %10s %5s", g.name, "memory", "heap", "goroutines", "files")
	}
	fmt.Fprintln(w)
}

// printRow prints the last state of each gateway.
func (r *soakResult) printRow(w io.Writer, n *soakCount) {
	at := r.gateways[0].states[len(r.gateways[0].states)-1].at
	fmt.Fprintf(w, "%8s %9d %9d %7d %6d %6d", at.Round(100*time.Millisecond), n.requests.Load(), n.answers.Load(), n.left.Load(), n.wrong.Load(), n.errors.Load())
	for _, g := range r.gateways {
		s := g.states[len(g.states)-1]
		fmt.Fprintf(w, " | %5s  %9s %9s %10s %5d", "", megabytes(float64(s.resident)), megabytes(float64(s.heap)),
			known(s.goroutines > 0, "%.0f", float64(s.goroutines)), s.files)
	}
	fmt.Fprintln(w)
}

func (r *soakResult) print(w io.Writer) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-15s "+format+"\n", append([]any{name}, args...)...)
	}
	line("\nsoak", "%v, %d requests, %d answers", r.took.Round(time.Second), r.requests, r.answers)
	for _, o := range sortedOutcomes(r.outcomes) {
		line("", "%d %s: %d", o.status, o.error, r.outcomes[o])
	}
	printCounts(line, "client errors", r.errors)
	printCounts(line, "wrong answers", r.wrong)
	for _, g := range r.gateways {
		line(g.name, "idle before: %s, heap %s, %d goroutines, %d files; after: %s, heap %s, %d goroutines, %d files; at most %s",
			megabytes(float64(g.before.resident)), megabytes(float64(g.before.heap)), g.before.goroutines, g.before.files,
			megabytes(float64(g.after.resident)), megabytes(float64(g.after.heap)), g.after.goroutines, g.after.files, megabytes(float64(g.after.peak)))
	}
	faults := r.faults()
	for _, fault := range faults {
		line("FAULT", "%s", fault)
	}
	if len(faults) == 0 {
		line("verdict", "all as it must be")
	}
}

// faults lists wrong answers and growth.
func (r *soakResult) faults() (faults []string) {
	if r.answers == 0 {
		faults = append(faults, "there was no answer at all")
	}
	if n := sum(r.errors); n > 0 {
		faults = append(faults, fmt.Sprintf("%d requests without a complete answer", n))
	}
	if n := sum(r.wrong); n > 0 {
		faults = append(faults, fmt.Sprintf("%d answers are not right", n))
	}
	for _, g := range r.gateways {
		for _, what := range g.growth(r.took) {
			faults = append(faults, g.name+": "+what)
		}
	}
	return faults
}

// growth tells what has grown: idle after against idle before and, in a long soak, the
// last third of the time against the second.
func (g *soaked) growth(took time.Duration) (grown []string) {
	if left := g.after.files - g.before.files; left > maxLeft {
		grown = append(grown, fmt.Sprintf("%d files left open", left))
	}
	if left := g.after.goroutines - g.before.goroutines; left > maxLeft {
		grown = append(grown, fmt.Sprintf("%d goroutines left", left))
	}
	if left := g.after.heap - g.before.heap; left > maxHeapLeft {
		grown = append(grown, fmt.Sprintf("%s of memory left in use", megabytes(float64(left))))
	}
	if took < shortestForGrowth {
		return grown
	}
	for _, v := range []struct {
		name  string
		swing float64 // what it may be more by chance: a few requests that lie close
		of    func(state) float64
	}{
		{"memory", 4e6, func(s state) float64 { return float64(s.resident) }},
		{"heap", 4e6, func(s state) float64 { return float64(s.heap) }},
		{"goroutines", 100, func(s state) float64 { return float64(s.goroutines) }},
		{"open files", 100, func(s state) float64 { return float64(s.files) }},
	} {
		middle, last := g.median(v.of, took/3, took*2/3), g.median(v.of, took*2/3, took)
		if last > maxGrowth*middle+v.swing && middle > 0 {
			grown = append(grown, fmt.Sprintf("%s grew from %.0f to %.0f", v.name, middle, last))
		}
	}
	return grown
}

// median is that of a value in a span of time.
func (g *soaked) median(of func(state) float64, from, to time.Duration) float64 {
	var values []float64
	for _, s := range g.states {
		if s.at >= from && s.at < to {
			values = append(values, of(s))
		}
	}
	return median(values)
}
