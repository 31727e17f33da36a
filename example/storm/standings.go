package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// busy is the share of its core from which on the load generator, and not the server,
// may be what is measured.
const busy = 0.85

// print prints the table, and what to know about its figures.
func (c *comparison) print(w io.Writer) {
	rate := "as fast as possible"
	if c.rate > 0 {
		rate = fmt.Sprintf("%d requests/s", c.rate)
	}
	fmt.Fprintf(w, "compared  %s upstream, %d connections, %s, %d rounds of %v each, page of %d bytes (%s, status %d)\n",
		c.upstream, c.connections, rate, c.rounds, c.turn.Round(time.Millisecond), len(c.page.body), cmp.Or(c.page.encoding, "identity"), c.page.status)
	if c.server == "" {
		fmt.Fprintln(w, "cores     not tied: no taskset, or one core; Go programs have GOMAXPROCS=1")
	} else {
		fmt.Fprintf(w, "cores     load on %s, each server alone on %s\n", c.load, c.server)
	}
	for _, reason := range c.leftOut {
		fmt.Fprintf(w, "left out  %s\n", reason)
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := []string{"", "requests/s", "(min-max)", "ours/its", "CPU s/10,000", "ours/its", "peak memory", "p50", "p99", "p99.9", "head", "errors", "its core", "load's core"}
	if c.upstream == "flapping" {
		columns = append(columns, "served/s")
	}
	fmt.Fprintln(table, strings.Join(columns, "\t")+"\t")
	for _, one := range c.contestants {
		fmt.Fprintln(table, strings.Join(c.row(one), "\t")+"\t")
	}
	_ = table.Flush()
	fmt.Fprintln(w)
	c.printNotes(w)
}

func (c *comparison) row(one *contestant) []string {
	ours := &c.contestants[0].standing
	row := []string{
		one.name, fmt.Sprintf("%.0f", median(one.rates)), fmt.Sprintf("(%.0f-%.0f)", slices.Min(one.rates), slices.Max(one.rates)),
		fmt.Sprintf("%.2f", ratio(ours.rates, one.rates)), known(one.cpu > 0, "%.2f", one.perPages()),
		known(one.cpu > 0 && ours.cpu > 0, "%.2f", ours.perPages()/one.perPages()), knownText(one.peak > 0, megabytes(float64(one.peak))),
	}
	for _, percent := range []float64{50, 99, 99.9} {
		row = append(row, fmt.Sprintf("%.1f ms", float64(one.tally.quantile(percent))/1e6))
	}
	row = append(row, fmt.Sprintf("%d B", one.headBytes), fmt.Sprint(one.faults()),
		known(one.cpu > 0, "%.0f%%", 100*share(one.cpu, one.took)), known(one.loadCPU > 0, "%.0f%%", 100*share(one.loadCPU, one.took)))
	if c.upstream == "flapping" {
		served := one.tally.outcomes[outcome{status: http.StatusOK}]
		row = append(row, fmt.Sprintf("%.0f", float64(served)/one.took.Seconds()))
	}
	return row
}

// printNotes names all that was wrong, and whose figures are not its own.
func (c *comparison) printNotes(w io.Writer) {
	var starved []string
	for _, one := range c.contestants {
		for _, counts := range []map[string]int{one.tally.errors, one.tally.wrong} {
			for _, what := range slices.Sorted(maps.Keys(counts)) {
				fmt.Fprintf(w, "FAULT     %s: %s: %d\n", one.name, what, counts[what])
			}
		}
		if n := one.tally.closed; n > 0 {
			fmt.Fprintf(w, "note      %s ended %d connections after an answer\n", one.name, n)
		}
		own, theirs := share(one.loadCPU, one.took), share(one.cpu, one.took)
		switch {
		case own > busy:
			fmt.Fprintf(w, "warning   %s: the load generator used %.0f%% of its core, so this is the least that it can do\n", one.name, 100*own)
		case c.rate == 0 && c.upstream == "dead" && one.cpu > 0 && theirs < busy:
			starved = append(starved, one.name)
		}
	}
	if c.upstream == "flapping" && c.turn < 2*comparedTurn {
		fmt.Fprintf(w, "warning   turns are shorter than the upstream is up and down once, %v: take more time\n", 2*comparedTurn)
	}
	if len(starved) > 0 {
		fmt.Fprintf(w, "warning   less than %.0f%% of its core had: %s. Others use this machine, or the load was too small\n",
			100*busy, strings.Join(starved, "; "))
	}
	if len(c.faults()) == 0 {
		fmt.Fprintln(w, "verdict   all answers were right")
	}
}

// faults says who gave wrong answers or none.
func (c *comparison) faults() (names []string) {
	for _, one := range c.contestants {
		if one.faults() > 0 || one.tally.answers == 0 {
			names = append(names, one.name)
		}
	}
	return names
}

func (s *standing) faults() int { return sum(s.tally.errors) + sum(s.tally.wrong) }

// perPages is the processor time for 10,000 pages, in seconds.
func (s *standing) perPages() float64 {
	return s.cpu.Seconds() * 10_000 / float64(max(1, s.tally.answers))
}

func share(part, whole time.Duration) float64 { return part.Seconds() / max(whole.Seconds(), 1e-9) }

// ratio is the median of the ratios of each round: what changes from round to round is
// the machine.
func ratio(ours, theirs []float64) float64 {
	var all []float64
	for i := range min(len(ours), len(theirs)) {
		all = append(all, ours[i]/max(theirs[i], 1e-9))
	}
	return median(all)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	half := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[half-1] + sorted[half]) / 2
	}
	return sorted[half]
}

// known formats a value that only some systems tell.
func known(ok bool, format string, value float64) string {
	return knownText(ok, fmt.Sprintf(format, value))
}

func knownText(ok bool, text string) string {
	if !ok {
		return "n/a"
	}
	return text
}
