package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
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
	r := &revival{name: c.name}
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
	visitors, loaded := make([]*recoveryVisitor, o.connections), make(chan *tally, 1)
	for i := range visitors {
		visitors[i] = &recoveryVisitor{wire{address: c.address}, comparedRequest(c.address, "identity"), line}
	}
	go func() { loaded <- drive(loading, o.rate, visitors) }()
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
	r.tally = <-loaded
	return r, ctx.Err()
}

// A recoveryVisitor counts its requests for the time at which they were sent.
type recoveryVisitor struct {
	wire
	request []byte
	line    *atomic.Pointer[timeline]
}

func (v *recoveryVisitor) visit(_ context.Context, _ time.Time, t *tally) error {
	sent := time.Now()
	now := v.line.Load().at(sent)
	now.asked.Add(1)
	a, err := v.exchange(v.request)
	if err != nil {
		return err
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
	return v.end(&a)
}
