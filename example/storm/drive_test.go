package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

// An unlucky visitor never gets an answer.
type unlucky struct{ visits, disconnects int }

func (u *unlucky) visit(context.Context, time.Time, *tally) error {
	u.visits++
	return errors.New("no luck")
}

func (u *unlucky) disconnect() { u.disconnects++ }

func TestDrive(t *testing.T) {
	for _, c := range []struct {
		name        string
		length      time.Duration
		rate        int
		least, most int // visits of all three
	}{
		{"each asks at least once, if there is no time at all", 0, 0, 3, 3},
		{"who fails pauses before the next visit", pauseAfterError * 3 / 2, 0, 3, 6},
		{"at a rate only the first is due at once", 0, 1, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), c.length)
			defer cancel()
			all := []*unlucky{{}, {}, {}}
			got, visits := drive(ctx, c.rate, all), 0
			for _, u := range all {
				visits += u.visits
				if u.disconnects != u.visits+1 {
					t.Errorf("%d disconnects, want one for each of %d errors and one at the end", u.disconnects, u.visits)
				}
			}
			if visits < c.least || visits > c.most || got.requests != visits || got.errors["no luck"] != visits {
				t.Errorf("%d visits, want %d to %d; counted %d, errors %v", visits, c.least, c.most, got.requests, got.errors)
			}
		})
	}
}
