package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A mode is what this program does instead of one storm.
type mode struct {
	compare, recovery bool
	soak              time.Duration
	encoding          string // of the page that is compared
}

const (
	// maxConnections bounds all modes that other programs take part in.
	maxConnections = 200
	// recoveryRate and soakRate are requests per second: a part of what any machine can do.
	recoveryRate, soakRate = 400, 200
)

func (m *mode) declare(flags *flag.FlagSet) {
	flags.BoolVar(&m.compare, "compare", false, "compare the gateway with other servers that give the same page; upstreams: "+strings.Join(comparedKinds, ", "))
	flags.BoolVar(&m.recovery, "recovery", false, "show how visitors come back to an upstream that was dead")
	flags.DurationVar(&m.soak, "soak", 0, "`time` to run with mixed failures and look for growth")
	flags.StringVar(&m.encoding, "encoding", "identity", "`coding` of the page that is compared: identity or gzip")
}

// defaults sets what depends on the mode and was not given.
func (o *options) defaults(flags *flag.FlagSet) {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if !given["connections"] && (o.compare || o.recovery || o.soak > 0) {
		o.connections = 64
	}
	if !given["rate"] && o.recovery {
		o.rate = recoveryRate
	}
	if !given["rate"] && o.soak > 0 {
		o.rate = soakRate
	}
}

func (o options) modeFaults() (errs []error) {
	modes := 0
	for _, on := range []bool{o.compare, o.recovery, o.soak != 0} {
		if on {
			modes++
		}
	}
	if modes > 1 {
		errs = append(errs, errors.New("-compare, -recovery, -soak: want one of them"))
	}
	if modes > 0 && o.connections > maxConnections {
		errs = append(errs, fmt.Errorf("-connections %d: want %d at most", o.connections, maxConnections))
	}
	if o.soak < 0 {
		errs = append(errs, fmt.Errorf("-soak %v: want more than 0", o.soak))
	}
	if o.compare && !slices.Contains(comparedKinds, o.upstream) {
		errs = append(errs, fmt.Errorf("-upstream %q: -compare knows %s", o.upstream, strings.Join(comparedKinds, ", ")))
	}
	if o.recovery && o.rate == 0 {
		errs = append(errs, errors.New("-rate 0: -recovery needs a rate"))
	}
	if o.encoding != "identity" && o.encoding != "gzip" {
		errs = append(errs, fmt.Errorf("-encoding %q: want identity or gzip", o.encoding))
	}
	return errs
}

// A finding is what a mode found out.
type finding interface {
	print(io.Writer)
	faults() []string
}

// find runs the mode that was asked for.
func find(ctx context.Context, o options, progress io.Writer) (finding, error) {
	switch {
	case o.compare:
		return found(compare(ctx, o))
	case o.recovery:
		return found(recovery(ctx, o))
	case o.soak > 0:
		return found(soak(ctx, o, progress))
	}
	return found(storm(ctx, o))
}

// found keeps a nil pointer from becoming a finding.
func found[F finding](f F, err error) (finding, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}
