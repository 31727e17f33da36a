package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// aStorm is the result of 30 s in which nothing was wrong.
func aStorm() *result {
	r := &result{options: options{upstream: "dead"}, tally: newTally(), took: 30 * time.Second}
	r.requests, r.answers, r.outcomes[outcome{502, "connection_refused"}] = 1000, 1000, 1000
	r.before, r.after, r.logLines = sample{files: 11}, sample{files: 11}, maxDeadLines
	for i := range 31 {
		r.samples = append(r.samples, sample{at: time.Duration(i) * time.Second, resident: 40e6})
	}
	return r
}

func TestFaults(t *testing.T) {
	grow := func(r *result, factor float64) {
		for i := range r.samples[25:] {
			r.samples[25+i].resident = int64(40e6 * factor)
		}
	}
	for _, c := range []struct {
		name   string
		change func(*result)
		want   string // the one fault
	}{
		{"nothing is wrong", func(*result) {}, ""},
		{"no answer", func(r *result) { r.answers = 0 }, "there was no answer at all"},
		{"client errors", func(r *result) { r.errors["head: EOF"] = 2 }, "2 requests without a complete answer"},
		{"wrong answers", func(r *result) { r.wrong["no reference"] = 3 }, "3 answers are not right"},
		{"memory grows", func(r *result) { grow(r, 1.3) }, "memory grew from 40.0 MB to 52.0 MB"},
		{"memory wavers", func(r *result) { grow(r, 1.2) }, ""},
		{"memory grows in a short storm, as it starts", func(r *result) { grow(r, 1.3); r.took = 19 * time.Second }, ""},
		{"a line for every answer", func(r *result) { r.logLines = 1000 }, "1000 lines of log for one dead upstream; at most 200 would do"},
		{"many failures of many kinds", func(r *result) { r.logLines = 1000; r.upstream = "mixed" }, ""},
		{"a request without its line", func(r *result) { r.accessLog = true; r.accessLines = 999 }, "999 lines of access log for 1000 requests"},
		{"a line for every request", func(r *result) { r.accessLog = true; r.accessLines = 1000 }, ""},
		{"open files", func(r *result) { r.after.files = 30 }, "19 files left open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := aStorm()
			c.change(r)
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			if got := r.faults(); !slices.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			var out strings.Builder
			r.print(&out)
			if c.want != "" && !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), "%!") {
				t.Errorf("printed\n%s", &out)
			}
		})
	}
}

func TestQuantile(t *testing.T) {
	counted, other := newTally(), newTally()
	for i := range 500 {
		counted.answer(time.Duration(2*i+1)*time.Millisecond, outcome{})
		other.answer(time.Duration(2*i+2)*time.Millisecond, outcome{})
	}
	other.answer(24*time.Hour, outcome{})
	counted.add(other)
	for _, c := range []struct {
		name     string
		percent  float64
		from, to time.Duration
	}{
		{"the middle, to 1 percent", 50, 500 * time.Millisecond, 506 * time.Millisecond},
		{"p99", 99, 990 * time.Millisecond, 1001 * time.Millisecond},
		{"the least", 0, time.Millisecond, 1011 * time.Microsecond},
		{"all, as far as is counted", 100, maxLatency, maxLatency + maxLatency/100},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := counted.quantile(c.percent); got < c.from || got > c.to {
				t.Errorf("%v, want %v to %v", got, c.from, c.to)
			}
		})
	}
}
