package main

import (
	"context"
	"io"
)

type revival struct{}

func (*revival) print(io.Writer)                                         {}
func (*revival) faults() []string                                        { return nil }
func recovery(ctx context.Context, o options) (*revival, error)          { return nil, nil }
func soak(ctx context.Context, o options, w io.Writer) (*revival, error) { return nil, nil }
