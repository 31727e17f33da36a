package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// A comparison is how several servers did, in turns of one run.
type comparison struct {
	options
	cores
	page        *page
	rounds      int
	turn        time.Duration
	contestants []*contestant // the first is ours
	leftOut     []string
}

// compare drives all contestants in turn, several times, so that a machine that gets
// slower or faster does so for all.
func compare(ctx context.Context, o options) (*comparison, error) {
	a, leave, err := newArena(ctx, o)
	if err != nil {
		return nil, err
	}
	defer leave()
	up, err := startComparedUpstream(o.upstream)
	if err != nil {
		return nil, err
	}
	defer up.stop()
	a.upstream, a.timeout = up.address, up.timeout
	if a.page, err = pageOfOurs(ctx, a, up); err != nil {
		return nil, err
	}
	there, leftOut, err := lineUp(ctx, a, contestants(o.upstream))
	if err != nil {
		return nil, err
	}
	defer dismiss(there)
	c := &comparison{options: o, cores: a.cores, page: a.page, contestants: there, leftOut: leftOut}
	c.rounds, c.turn = plan(o.duration, len(there), o.upstream)
	return c, c.run(ctx, up)
}

// pageOfOurs has a gateway of ours meet the failure once.
func pageOfOurs(ctx context.Context, a *arena, up *comparedUpstream) (*page, error) {
	g, err := a.startOurs(ctx)
	if err != nil {
		return nil, err
	}
	defer g.kill()
	if err := up.restart(true); err != nil {
		return nil, err
	}
	return takePage(ctx, g.address, a.encoding, a.dir)
}

// plan divides the time: at least 3 rounds, in turns of about 3 s, or as long as a
// flapping upstream needs to be up once and down once.
func plan(total time.Duration, contestants int, upstream string) (rounds int, turn time.Duration) {
	const least = 3
	want := 3 * time.Second
	if upstream == "flapping" {
		want = 2 * comparedTurn
	}
	rounds = max(least, int(total/(want*time.Duration(contestants))))
	turn = total / time.Duration(rounds*contestants)
	if turn > want && upstream == "flapping" {
		turn = want
	}
	return rounds, turn
}

func (c *comparison) run(ctx context.Context, up *comparedUpstream) error {
	for range c.rounds {
		for _, one := range c.contestants {
			err := up.restart(false)
			if err == nil {
				err = c.turnOf(ctx, one, up.passes)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
	}
	for _, one := range c.contestants {
		if s, err := takeSample(one.pid()); err == nil {
			one.peak = s.peak
		}
	}
	return nil
}

// turnOf gives one contestant its turn: all connections ask it, which are made before.
func (c *comparison) turnOf(ctx context.Context, one *contestant, passes []byte) error {
	visitors := make([]*comparedVisitor, c.connections)
	for i := range visitors {
		visitors[i] = &comparedVisitor{
			wire: wire{address: one.address}, request: comparedRequest(one.address, c.encoding),
			page: c.page, own: one.own, passes: passes,
		}
		if err := visitors[i].connect(); err != nil {
			return err
		}
		defer visitors[i].disconnect()
	}
	if one.headBytes == 0 {
		if err := one.greet(visitors[0]); err != nil {
			return err
		}
	}
	until := time.Now().Add(c.turn)
	for _, v := range visitors {
		v.until = until
	}
	asking, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	cpu, own := cpuTime(one.pid()), cpuTime(os.Getpid())
	t := drive(asking, c.rate, visitors)
	one.cpu += cpuTime(one.pid()) - cpu
	one.loadCPU += cpuTime(os.Getpid()) - own
	one.took += c.turn
	one.rates = append(one.rates, float64(t.answers)/c.turn.Seconds())
	one.tally.add(t)
	return nil
}

// greet has a contestant answer once, which warms it up.
func (c *contestant) greet(v *comparedVisitor) error {
	a, err := v.exchange(v.request)
	if err != nil {
		return err
	}
	if what := v.wrong(&a, true); what != "" {
		return fmt.Errorf("its first answer: %s", what)
	}
	c.headBytes = len(a.head)
	return v.end(&a)
}
