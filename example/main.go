// Command example is a gateway that uses fiveohtwo as the README tells people to.
//
// With -upstream it is a gateway in front of that URL. Without, it shows a gallery of
// every failure there is, each a real exchange with a real broken upstream.
//
// With check URL it walks to that URL and says which link is broken. With export DIR it
// writes static pages for servers that are not written in Go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program; it returns the exit status: 0 after ctx has ended, 1 when it could
// not serve, 2 for wrong flags. Those of check and export are their own.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "check" {
		return check(ctx, args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == "export" {
		return export(ctx, args[1:], stdout, stderr)
	}
	opts, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, errHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 2
	}
	handler, done, err := newHandler(opts, stderr)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	defer done()
	if err := serve(ctx, opts.listen, handler, stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// newHandler returns the gateway or the gallery, and what frees it.
func newHandler(opts options, stderr io.Writer) (http.Handler, func(), error) {
	access, closeLog, err := opts.openAccessLog(stderr)
	if err != nil {
		return nil, nil, err
	}
	if opts.upstream == nil {
		g, err := newGallery(opts, access)
		if err != nil {
			return nil, nil, err
		}
		return g.handler(), func() { g.close(); closeLog() }, nil
	}
	handler, err := newGateway(opts, access)
	return handler, closeLog, err
}

// serve serves until ctx has ended and says where, once it accepts.
func serve(ctx context.Context, address string, handler http.Handler, stdout io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(stdout, "listening on http://%s/\n", listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return server.Close() // streams do not end by themselves
	}
	return nil
}
