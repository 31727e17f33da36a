package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// soakInterval is how often the state of the gateways is looked at.
const soakInterval = 30 * time.Second

// A soakResult is what is known after a soak.
type soakResult struct {
	*tally
	gateways []*soaked
	took     time.Duration
}

// A soaked gateway, and its states: idle before, under load, idle after.
type soaked struct {
	name, socket  string
	process       *process
	before, after state
	states        []state
}

// A state is what can be seen of a process from outside and from inside.
type state struct {
	sample
	insight
}

// soak runs two gateways, one in front of an upstream that fails in many ways and one in
// front of a dead one, with visitors of all kinds.
func soak(ctx context.Context, o options, progress io.Writer) (*soakResult, error) {
	dir, err := os.MkdirTemp("", "storm")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program := o.gateway
	if program == "" {
		if program, err = buildWithInsight(ctx, dir); err != nil {
			return nil, err
		}
	}
	r := &soakResult{}
	for _, kind := range []struct {
		name  string
		start func() (*upstream, error)
	}{{"mixed", startSoakUpstream}, {"dead", startDead}} {
		up, err := kind.start()
		if err != nil {
			return nil, err
		}
		defer up.stop()
		g := &soaked{name: kind.name, socket: filepath.Join(dir, kind.name)}
		if err := g.start(ctx, program, up.address); err != nil {
			return nil, err
		}
		defer g.process.kill()
		r.gateways = append(r.gateways, g)
	}
	if err := r.hold(ctx, o, progress); err != nil {
		return nil, err
	}
	return r, nil
}

func (g *soaked) start(ctx context.Context, program, upstream string) error {
	args := []string{"-upstream", "http://" + upstream, "-response-timeout", responseTimeout.String()}
	p := newProcess(io.Discard, nil, []string{"STORM_INSIGHT=" + g.socket}, gatewayCommand(program, args))
	g.process = p
	return startListening(ctx, p)
}

// look takes the state of a gateway. Without an insight the rest is still known.
func (g *soaked) look() (s state, err error) {
	if s.sample, err = takeSample(g.process.pid()); err != nil {
		return s, fmt.Errorf("the gateway of the %s upstream ended:\n%s", g.name, g.process.log.last())
	}
	s.insight, _ = takeInsight(g.socket)
	return s, nil
}

// hold lets the visitors in, and looks at the gateways until the time is over.
func (r *soakResult) hold(ctx context.Context, o options, progress io.Writer) (err error) {
	for _, g := range r.gateways {
		if g.before, err = g.look(); err != nil {
			return err
		}
	}
	loading, cancel := context.WithTimeout(ctx, o.soak)
	defer cancel()
	started, count, done := time.Now(), &soakCount{}, make(chan *tally, 1)
	visitors := soakVisitors(o, r.gateways[0].process.address, r.gateways[1].process.address, count)
	go func() { done <- drive(loading, o.rate, visitors) }()
	ticker := time.NewTicker(min(soakInterval, max(o.soak/6, time.Millisecond)))
	defer ticker.Stop()
	r.printHead(progress)
	for r.tally == nil {
		select {
		case <-ticker.C:
			if err := r.lookAtAll(started); err != nil {
				cancel()
				<-done
				return err
			}
			r.printRow(progress, count)
		case r.tally = <-done:
		}
	}
	r.took = time.Since(started)
	return r.settle(ctx, progress, count)
}

func (r *soakResult) lookAtAll(started time.Time) error {
	for _, g := range r.gateways {
		s, err := g.look()
		if err != nil {
			return err
		}
		s.at = time.Since(started)
		g.states = append(g.states, s)
	}
	return nil
}

// settle waits until the gateways are idle again, and looks at them a last time.
func (r *soakResult) settle(ctx context.Context, progress io.Writer, count *soakCount) (err error) {
	for _, g := range r.gateways {
		if _, err := settled(ctx, g.process.pid(), g.before.files+maxLeft/2); err != nil {
			return err
		}
		if g.after, err = g.look(); err != nil {
			return err
		}
		g.after.at = r.took
		g.states = append(g.states, g.after)
	}
	r.printRow(progress, count)
	return ctx.Err()
}
