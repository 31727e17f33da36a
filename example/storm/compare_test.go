package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// optionsOf are for the program under test. It is built, started and waited for: too slow for
// -short.
func optionsOf(t *testing.T, args ...string) options {
	t.Helper()
	if testing.Short() {
		t.Skip("takes a gateway")
	}
	o, err := parseOptions(append([]string{"-gateway", program}, args...), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, upstream, duration string
		there                    []string // at least
	}{
		{"a dead upstream, for all who are installed", "dead", "2s", []string{"ours", "bare ReverseProxy", "static handler"}},
		{"a slow upstream, for proxies in Go", "slow", "10s", []string{"ours", "bare ReverseProxy"}},
		{"a flapping upstream, for proxies in Go", "flapping", "2s", []string{"ours", "bare ReverseProxy"}},
		{"a dead upstream, all at one rate", "dead", "3s", []string{"ours", "bare ReverseProxy", "static handler"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"-compare", "-upstream", c.upstream, "-for", c.duration, "-connections", "4"}
			rate := 0.0
			if strings.HasSuffix(c.name, "rate") {
				rate, args = 100, append(args, "-rate", "100")
			}
			got, err := compare(t.Context(), optionsOf(t, args...))
			if err != nil {
				t.Fatal(err)
			}
			got.print(t.Output())
			var names []string
			for _, one := range got.contestants {
				names = append(names, one.name)
				if one.tally.answers == 0 || len(one.rates) < 3 || one.headBytes == 0 {
					t.Errorf("%s: %d answers, rates %v, head of %d bytes", one.name, one.tally.answers, one.rates, one.headBytes)
				}
				if most := slices.Max(one.rates); rate > 0 && most > rate+1/got.turn.Seconds() { // the first is due at once
					t.Errorf("%s: %.0f requests/s, want %.0f", one.name, most, rate)
				}
				if one.faults() > 0 {
					t.Errorf("%s: errors %v, wrong %v", one.name, one.tally.errors, one.tally.wrong)
				}
			}
			for _, name := range c.there {
				if !slices.Contains(names, name) {
					t.Errorf("%s did not take part", name)
				}
			}
			wantEnded(t, got.contestants)
		})
	}
}

func wantEnded(t *testing.T, all []*contestant) {
	t.Helper()
	for _, one := range all {
		select {
		case <-one.exited:
		default:
			t.Errorf("%s still runs", one.name)
		}
	}
}

// TestSignal: what ends the program ends all whom it has started.
func TestSignal(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := optionsOf(t, "-compare", "-for", "1h", "-connections", "2")
	a, leave, err := newArena(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	up, err := startComparedUpstream("dead")
	if err != nil {
		t.Fatal(err)
	}
	defer up.stop()
	a.upstream, a.timeout = up.address, up.timeout
	if a.page, err = pageOfOurs(ctx, a, up); err != nil {
		t.Fatal(err)
	}
	there, _, err := lineUp(ctx, a, contestants("dead"))
	if err != nil {
		t.Fatal(err)
	}
	c := &comparison{options: o, page: a.page, contestants: there, rounds: 3, turn: time.Hour}
	ended := make(chan error)
	go func() { ended <- c.run(ctx, up) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	dismiss(there)
	wantEnded(t, there)
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name        string
		total       time.Duration
		contestants int
		upstream    string
		rounds      int
		turn        time.Duration
	}{
		{"three rounds where there is little time", 12 * time.Second, 4, "dead", 3, time.Second},
		{"more rounds where there is more", time.Minute, 4, "dead", 5, 3 * time.Second},
		{"as long as flapping takes, and no longer", time.Minute, 2, "flapping", 7, 4 * time.Second},
		{"shorter than flapping takes", 6 * time.Second, 2, "flapping", 3, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			rounds, turn := plan(c.total, c.contestants, c.upstream)
			if rounds != c.rounds || turn != c.turn || time.Duration(rounds*c.contestants)*turn > c.total {
				t.Errorf("%d rounds of %v, want %d of %v", rounds, turn, c.rounds, c.turn)
			}
		})
	}
}

func TestStandingsNameWhatIsWrong(t *testing.T) {
	after := func(rates ...float64) standing {
		return standing{rates: rates, tally: newTally(), took: 3 * time.Second, cpu: 3 * time.Second, loadCPU: time.Second}
	}
	for _, c := range []struct {
		name   string
		change func(*standing)
		want   string
	}{
		{"nothing", func(s *standing) { s.tally.answers = 10 }, "all answers were right"},
		{"no answer", func(*standing) {}, "0.50"},
		{"a wrong answer", func(s *standing) { s.tally.wrong["another length"] = 7 }, "FAULT     other: another length: 7"},
		{"a broken connection", func(s *standing) { s.tally.errors["head: EOF"] = 2 }, "FAULT     other: head: EOF: 2"},
		{"connections that end", func(s *standing) { s.tally.closed = 5 }, "other ended 5 connections after an answer"},
		{"a load generator that is the limit", func(s *standing) { s.loadCPU = s.took }, "warning   other: the load generator used 100% of its core"},
		{"a busy machine", func(s *standing) { s.cpu = time.Second }, "warning   less than 85% of its core had: other"},
		{"a system that does not tell", func(s *standing) { s.cpu, s.loadCPU = 0, 0 }, "n/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := &contestant{name: "other", standing: after(200, 400, 300)}
			c.change(&other.standing)
			ours := &contestant{name: "ours", standing: after(100, 200, 150)}
			ours.tally.answers = 1
			all := &comparison{options: options{upstream: "dead"}, page: &page{}, rounds: 3, contestants: []*contestant{ours, other}}
			var out strings.Builder
			all.print(&out)
			if !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), "%!") {
				t.Errorf("want %q in\n%s", c.want, &out)
			}
		})
	}
}

func TestParseCores(t *testing.T) {
	for _, c := range []struct {
		name, list string
		want       []string
	}{
		{"two", "0,1", []string{"0", "1"}},
		{"a range", "2-4", []string{"2", "3", "4"}},
		{"both", "0,2-3", []string{"0", "2", "3"}},
		{"one", "5", []string{"5"}},
		{"something else", "all", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parseCores(c.list); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
