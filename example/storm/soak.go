package main

import (
	"context"
	"io"
)

func soak(ctx context.Context, o options, w io.Writer) (*recoveries, error) { return nil, nil }
