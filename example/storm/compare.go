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
				err = c.drive(ctx, one, up.passes)
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

// drive gives one contestant its turn.
func (c *comparison) drive(ctx context.Context, one *contestant, passes []byte) (err error) {
	d := &drive{
		address: one.address, request: comparedRequest(one.address, c.encoding),
		connections: c.connections, length: c.turn, rate: c.rate, page: c.page, own: one.own, passes: passes,
	}
	if one.headBytes == 0 {
		if one.headBytes, err = d.headBytes(ctx); err != nil {
			return err
		}
	}
	cpu, own := cpuTime(one.pid()), cpuTime(os.Getpid())
	t, err := d.run(ctx)
	if err != nil {
		return err
	}
	one.cpu += cpuTime(one.pid()) - cpu
	one.loadCPU += cpuTime(os.Getpid()) - own
	one.took += d.length
	one.rates = append(one.rates, float64(t.answers)/d.length.Seconds())
	one.tally.add(t)
	return nil
}

// headBytes asks once, and warms the server up.
func (d *drive) headBytes(ctx context.Context) (int, error) {
	w := &wire{}
	if err := w.connect(ctx, d.address, time.Now().Add(patience)); err != nil {
		return 0, err
	}
	defer w.disconnect()
	a, err := w.exchange(d.request)
	if err != nil {
		return 0, err
	}
	if what := d.wrong(&a, true); what != "" {
		return 0, fmt.Errorf("its first answer: %s", what)
	}
	return len(a.head), nil
}
