package main

import (
	"context"
	"errors"
	"sync"
	"time"
)

// pauseAfterError keeps a client whose gateway is gone from trying as fast as it can.
const pauseAfterError = 100 * time.Millisecond

// load sends requests over all connections until ctx has ended, and lets those on their
// way come to their end.
func load(ctx context.Context, o options, address string) *tally {
	requests := requestsOf(o, address)
	p := newPace(o.rate)
	tallies := make([]*tally, o.connections)
	var all sync.WaitGroup
	for i := range tallies {
		tallies[i] = newTally()
		c := &client{address: address, reconnects: i < o.reconnecting()}
		all.Go(func() { c.run(ctx, requests, i, p, tallies[i]) })
	}
	all.Wait()
	total := newTally()
	for _, t := range tallies {
		total.add(t)
	}
	return total
}

// run sends one request after the other, at least one, beginning with the given one.
func (c *client) run(ctx context.Context, requests []request, first int, p *pace, t *tally) {
	defer c.disconnect()
	for i := first; i == first || ctx.Err() == nil; i++ {
		due, ok := p.next(ctx)
		if !ok {
			return
		}
		r := &requests[i%len(requests)]
		t.requests++
		if err := c.exchange(ctx, r, due, t); err != nil {
			c.disconnect()
			t.fail(err)
			pause(ctx, pauseAfterError)
		}
	}
}

// exchange sends a request and counts its answer. A request that was begun is not given
// up when ctx ends: its answer would be missing in the counts.
func (c *client) exchange(ctx context.Context, r *request, due time.Time, t *tally) error {
	if c.conn == nil {
		if err := c.connect(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	res, err := c.roundTrip(r)
	if err != nil {
		return err
	}
	t.answer(time.Since(due), outcome{res.StatusCode, errorOf(res)})
	if what := r.wrong(res, c.body.Bytes()); what != "" {
		t.wrong[what]++
	}
	if !c.reconnects && !res.Close {
		if c.reader.Buffered() > 0 {
			return &failure{"end", errMore}
		}
		return nil
	}
	err = c.expectEnd()
	c.disconnect()
	return err
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

var errMore = errors.New("more bytes than the answer has")
