package main

import (
	"context"
	"time"
)

// Turns are those of an upstream that dies and comes back, each for the same time.
type turns struct {
	*patient
	every time.Duration

	begin chan bool // dead or not
	began chan error
	stop  context.CancelFunc
	ended chan struct{}
}

func startTurns(every time.Duration) (*turns, error) {
	p, err := newPatient()
	if err != nil {
		return nil, err
	}
	p.line.Store(&timeline{}) // nobody looks when it was reached
	ctx, cancel := context.WithCancel(context.Background())
	t := &turns{p, every, make(chan bool), make(chan error), cancel, make(chan struct{})}
	go t.run(ctx)
	return t, nil
}

func (t *turns) run(ctx context.Context) {
	defer close(t.ended)
	defer t.die()
	ticker := time.NewTicker(t.every)
	defer ticker.Stop()
	dead := true
	for {
		select {
		case <-ticker.C:
			dead = !dead
			_ = t.turn(ctx, dead) // what cannot come back is dead for a turn more
		case dead = <-t.begin:
			ticker.Reset(t.every)
			t.began <- t.turn(ctx, dead)
		case <-ctx.Done():
			return
		}
	}
}

func (t *turns) turn(ctx context.Context, dead bool) error {
	t.die()
	if dead {
		return nil
	}
	return t.revive(ctx)
}

// restart begins a turn now, so that each who is measured meets the same ones.
func (t *turns) restart(dead bool) error {
	t.begin <- dead
	return <-t.began
}

// end ends the upstream. Nobody may restart it then.
func (t *turns) end() {
	t.stop()
	<-t.ended
}
