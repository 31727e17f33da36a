// Command storm drives the example gateway, as a process of its own, in front of a broken
// upstream with as many requests as it takes, and reports what that did to it: answers,
// latency, memory, processor time, open files, log.
//
//	go run . -upstream dead -connections 200 -for 60s
//
// With -compare it compares the gateway with other servers that give the same page, as fast
// as each can or all at one rate, with -recovery it shows how visitors come back to an
// upstream that was dead, with -soak it looks for growth and for wrong answers over a long
// time:
//
//	go run . -compare -for 60s -upstream dead
//	go run . -compare -for 60s -rate 3000
//	go run . -recovery
//	go run . -soak 20m
//
// It exits with 1 when something was not as it must be, and says what. It reads /proc, so
// it needs Linux; only -compare and -recovery do without.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program; it returns the exit status: 1 when something was not as it must
// be or the storm could not be held, 2 for wrong flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == standInName {
		return serveStandIn(ctx, args[1:], stdout, stderr)
	}
	opts, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 2
	}
	r, err := find(ctx, opts, stdout)
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	r.print(stdout)
	if len(r.faults()) > 0 {
		return 1
	}
	return 0
}
