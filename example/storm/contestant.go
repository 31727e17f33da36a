package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// failFast is how long a gateway that fails fast does so before it tries again.
const failFast = time.Second

// A contestant is a server that gives visitors the page.
type contestant struct {
	name  string
	own   bool // makes its pages itself
	must  bool // take part; others are left out where they cannot
	start func(context.Context, *arena) (*process, error)

	*process
	standing
}

// A standing is what a contestant has done so far.
type standing struct {
	rates     []float64 // answers per second, of each round
	tally     *tally
	took      time.Duration // in all rounds
	cpu       time.Duration // of the server
	loadCPU   time.Duration // of this program
	headBytes int           // of its answer
	peak      int64         // bytes of memory; 0: not known
}

// contestants returns all who could take part against an upstream. Only a dead one is
// the same for all: there is no fail-fast and no slow upstream in configurations of others.
func contestants(upstream string) []*contestant {
	all := []*contestant{
		{name: "ours", own: true, must: true, start: func(ctx context.Context, a *arena) (*process, error) { return a.startOurs(ctx) }},
		{name: "ours, fail-fast", own: true, start: func(ctx context.Context, a *arena) (*process, error) {
			return a.startOurs(ctx, "-fail-fast", failFast.String())
		}},
		{name: "bare ReverseProxy", must: true, start: func(ctx context.Context, a *arena) (*process, error) {
			return a.startStandIn(ctx, "-upstream", "http://"+a.upstream, "-response-timeout", a.timeout.String())
		}},
	}
	if upstream == "dead" {
		all = append(all,
			&contestant{name: "static handler", must: true, start: func(ctx context.Context, a *arena) (*process, error) { return a.startStandIn(ctx) }},
			&contestant{name: "nginx", start: startNginx},
			&contestant{name: "HAProxy", start: startHAProxy},
			&contestant{name: "Caddy", start: startCaddy})
	}
	return all
}

// lineUp starts all who can take part and says who is left out and why.
func lineUp(ctx context.Context, a *arena, all []*contestant) (there []*contestant, leftOut []string, err error) {
	for _, c := range all {
		p, err := c.start(ctx, a)
		switch {
		case err == nil:
			c.process, c.tally = p, newTally()
			there = append(there, c)
		case c.must || ctx.Err() != nil:
			dismiss(there)
			return nil, nil, fmt.Errorf("%s: %w", c.name, err)
		default:
			reason := strings.Join(strings.Fields(err.Error()), " ")
			leftOut = append(leftOut, fmt.Sprintf("%s: %.200s", c.name, reason))
		}
	}
	return there, leftOut, nil
}

func dismiss(all []*contestant) {
	for _, c := range all {
		c.kill()
	}
}
