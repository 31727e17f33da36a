package drillthrough

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A Fault says why a link is broken. Its Hint says what to fix.
type Fault struct {
	diagnosis.Diagnosis
	Cause string // the error that was met
}

// MarshalJSON writes the diagnosis in the words of problem+json.
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Error          diagnosis.Type    `json:"error,omitempty"`
		Phase          diagnosis.Phase   `json:"phase,omitempty"`
		Party          diagnosis.Party   `json:"party"`
		Outcome        diagnosis.Outcome `json:"outcome,omitempty"`
		Retryable      bool              `json:"retryable"`
		ReceivedStatus int               `json:"received_status,omitempty"`
		Alert          int               `json:"alert,omitempty"`
		Hint           string            `json:"hint,omitempty"`
		Cause          string            `json:"cause,omitempty"`
	}{f.Type, f.Phase, f.Party, f.Outcome, f.Retryable, f.ReceivedStatus, f.Alert, f.Hint, f.Cause})
}

// word names the fault in one word.
func (f *Fault) word() string {
	switch {
	case f.Type != "":
		return string(f.Type)
	case f.Gone():
		return "not finished"
	}
	return "fails"
}

func newFault(err error, facts diagnosis.Facts) *Fault {
	d := diagnosis.Of(err, facts)
	if own, ok := errors.AsType[*diagnosis.Error](err); ok && own.Err != nil {
		err = own.Err // the type is told already
	}
	return &Fault{d, printable(err.Error(), longText)}
}

// A step is one link being walked: under the caller's context, and with a clock of its own.
type step struct {
	outer, ctx context.Context
	end        context.CancelFunc
	limit      time.Duration
}

func (c *Checker) step(ctx context.Context) step {
	limit := c.stepTimeout()
	limited, cancel := context.WithTimeout(ctx, limit)
	return step{ctx, limited, cancel, limit}
}

// fault names an error of the step. Which clock ended it the error does not tell.
func (s step) fault(err error, facts diagnosis.Facts) *Fault {
	if facts.CtxErr = s.outer.Err(); facts.CtxErr == nil {
		facts.TimedOut = s.ctx.Err() != nil
	}
	fault := newFault(err, facts)
	switch {
	case facts.CtxErr != nil:
		fault.Cause = "the check itself was ended: " + facts.CtxErr.Error()
	case facts.TimedOut:
		fault.Cause = "not done within " + s.limit.String()
	}
	return fault
}

// broken is a link with a fault.
func broken(name LinkName, took time.Duration, fault *Fault) Link {
	return Link{Name: name, Result: Broken, Took: took, Fault: fault}
}

// held is a link without one.
func held(name LinkName, took time.Duration) Link { return Link{Name: name, Result: OK, Took: took} }

func (l *Link) warn(text string) {
	l.Warnings = append(l.Warnings, text)
	l.Result = l.Result.worse(Warning)
}
