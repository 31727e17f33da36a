package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

const (
	// maxBurst is by how much an upstream that comes back may be asked more than normally.
	maxBurst = 2
	// firstGood is how long the upstream is good before all visitors should reach it.
	firstGood = time.Second
)

// normal is how many requests of a step reach the upstream when it is well.
func (r *revival) normal() float64 {
	from := min(2, len(r.well.steps)-1) // the first connections are made
	_, _, _, reached := r.well.total(from)
	return float64(reached) / float64(len(r.well.steps)-from)
}

// burst is the most that reached the upstream in a step after it came back, against the
// normal rate, or what visitors asked then, if that was more: the load of a busy machine
// is not even.
func (r *revival) burst() (most float64) {
	for i := range r.again.steps {
		m := &r.again.steps[i]
		due := max(r.normal(), float64(m.asked.Load()), 1)
		most = max(most, float64(m.reached.Load())/due)
	}
	return most
}

func (r *recoveries) faults() (faults []string) {
	for _, one := range r.all {
		if n := sum(one.tally.errors) + sum(one.tally.wrong); n > 0 {
			faults = append(faults, fmt.Sprintf("%s: %d requests without a right answer", one.name, n))
		}
		if one.tally.answers == 0 {
			faults = append(faults, one.name+": there was no answer at all")
		}
		if b := one.burst(); b > maxBurst {
			faults = append(faults, fmt.Sprintf("%s: %.1f times the normal rate reached the upstream when it came back; %d at most", one.name, b, maxBurst))
		}
	}
	return faults
}

func (r *recoveries) print(w io.Writer) {
	fmt.Fprintf(w, "recovery  %d requests/s over %d connections\n", r.rate, r.connections)
	for _, reason := range r.leftOut {
		fmt.Fprintf(w, "left out  %s\n", reason)
	}
	for _, one := range r.all {
		_, served, paged, reached := one.dead.total(0)
		fmt.Fprintf(w, "%s: normally %.0f requests/s reach the upstream; dead for %v: %d pages (%d served, %d reached it)\n",
			one.name, one.normal()/step.Seconds(), time.Duration(len(one.dead.steps))*step, paged, served, reached)
	}
	r.printSteps(w)
	for _, one := range r.all {
		asked, served, _, _ := one.again.total(int(firstGood / step))
		fmt.Fprintf(w, "%s: after the first good second %s of visitors were served; at most %.2f times the normal rate reached the upstream\n",
			one.name, percent(served, asked), one.burst())
		for _, counts := range []map[string]int{one.tally.errors, one.tally.wrong} {
			for _, what := range slices.Sorted(maps.Keys(counts)) {
				fmt.Fprintf(w, "          %s: %d\n", what, counts[what])
			}
		}
	}
	for _, fault := range r.faults() {
		fmt.Fprintf(w, "FAULT     %s\n", fault)
	}
}

// printSteps prints what happened since the upstream came back, of all side by side.
func (r *recoveries) printSteps(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	head, steps := []string{"\nsince it is back"}, 0
	for _, one := range r.all {
		head = append(head, one.name+": served", "reached it, of normal")
		steps = max(steps, len(one.again.steps))
	}
	fmt.Fprintln(table, strings.Join(head, "\t")+"\t")
	for i := range steps {
		row := []string{(time.Duration(i+1) * step).String()}
		for _, one := range r.all {
			m := &one.again.steps[i]
			row = append(row, percent(m.served.Load(), m.asked.Load()), fmt.Sprintf("%.2f", float64(m.reached.Load())/max(one.normal(), 1)))
		}
		fmt.Fprintln(table, strings.Join(row, "\t")+"\t")
	}
	_ = table.Flush()
	fmt.Fprintln(w)
}

func percent(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}
