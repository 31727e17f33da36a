package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Recoveries are how gateways brought visitors back to an upstream that was dead.
type recoveries struct {
	options
	all     []*revival
	leftOut []string
}

// A revival is one of them: the upstream is well, dead, and well again.
type revival struct {
	name              string
	well, dead, again *timeline
	tally             *tally
}

// recovery holds a revival without fail-fast and one with, each in half of the time.
func recovery(ctx context.Context, o options) (*recoveries, error) {
	a, leave, err := newArena(ctx, o)
	if err != nil {
		return nil, err
	}
	defer leave()
	r := &recoveries{options: o}
	for _, c := range contestants("")[:2] {
		up, err := newPatient()
		if err != nil {
			return nil, err
		}
		a.upstream, a.timeout = up.address, longTimeout
		there, leftOut, err := lineUp(ctx, a, []*contestant{c})
		if err != nil {
			return nil, err
		}
		r.leftOut = append(r.leftOut, leftOut...)
		if len(there) == 0 {
			continue
		}
		one, err := o.revive(ctx, up, c)
		dismiss(there)
		if err != nil {
			return nil, err
		}
		r.all = append(r.all, one)
	}
	return r, nil
}

// revive asks at a constant rate while the upstream is well for a fifth of the time, dead
// for three, and well again for the rest.
func (o options) revive(ctx context.Context, up *patient, c *contestant) (*revival, error) {
	part := o.duration / 2 / 10
	r := &revival{name: c.name, tally: newTally()}
	line := &atomic.Pointer[timeline]{}
	turn := func(length time.Duration) *timeline {
		t := newTimeline(time.Now(), length)
		line.Store(t)
		up.line.Store(t)
		return t
	}
	r.well = turn(2 * part)
	if err := up.revive(ctx); err != nil {
		return nil, err
	}
	defer up.die()
	loading, stop := context.WithCancel(ctx)
	defer stop()
	loaded := o.visit(loading, c.address, line, r.tally)
	pause(ctx, 2*part)
	up.die()
	r.dead = turn(3 * part)
	pause(ctx, 3*part)
	if err := up.revive(ctx); err != nil {
		return nil, err
	}
	r.again = turn(5 * part)
	pause(ctx, 5*part)
	stop()
	<-loaded
	return r, ctx.Err()
}

// visit has visitors ask at the rate until ctx ends; then done is closed.
func (o options) visit(ctx context.Context, address string, line *atomic.Pointer[timeline], total *tally) (done chan struct{}) {
	done = make(chan struct{})
	request, p := comparedRequest(address, "identity"), newPace(o.rate)
	tallies := make([]*tally, o.connections)
	var all sync.WaitGroup
	for i := range tallies {
		tallies[i] = newTally()
		all.Go(func() {
			w := &wire{}
			defer w.disconnect()
			for {
				if _, ok := p.next(ctx); !ok || ctx.Err() != nil {
					return
				}
				visitOnce(ctx, w, address, request, line.Load(), tallies[i])
			}
		})
	}
	go func() {
		all.Wait()
		for _, t := range tallies {
			total.add(t)
		}
		close(done)
	}()
	return done
}

// visitOnce counts a request for the time at which it was sent.
func visitOnce(ctx context.Context, w *wire, address string, request []byte, line *timeline, t *tally) {
	if w.conn == nil {
		if err := w.connect(context.WithoutCancel(ctx), address, time.Now().Add(time.Hour)); err != nil {
			t.fail(err)
			pause(ctx, pauseAfterError)
			return
		}
	}
	sent := time.Now()
	_ = w.conn.SetDeadline(sent.Add(patience))
	now := line.at(sent)
	now.asked.Add(1)
	t.requests++
	a, err := w.exchange(request)
	if err != nil {
		t.fail(err)
		w.disconnect()
		return
	}
	t.answer(time.Since(sent), outcome{status: a.status})
	switch {
	case a.status == http.StatusOK && string(a.body) == fineBody:
		now.served.Add(1)
	case a.status >= 500 && hasReference(a.body) && strings.HasSuffix(strings.TrimSpace(string(a.body)), "</html>"):
		now.paged.Add(1)
	default:
		t.wrong[fmt.Sprintf("status %d, %d bytes", a.status, len(a.body))]++
	}
	if a.closes {
		w.disconnect()
	}
}
