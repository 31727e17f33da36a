//go:build !unix

package upstreamtest

import (
	"context"
	"net"
	"net/url"
	"os"
	"syscall"
)

// A socket is a port that was listened on and closed. Without bare sockets it cannot be
// kept from others.
type socket string

func reserve() (socket, error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return socket(ln.Addr().String()), ln.Close()
}

func (s socket) address() string { return string(s) }
func (s socket) close()          {}

// fillQueue lets the dialler wait as for a full queue: a system such as Windows refuses what finds none free.
func fillQueue(u *Upstream) error {
	s, err := reserve()
	u.URL = &url.URL{Scheme: "http", Host: s.address()}
	u.dialer.ControlContext = func(ctx context.Context, network, address string, c syscall.RawConn) error {
		if err := onlyLoopback(network, address, c); err != nil {
			return err
		}
		if <-ctx.Done(); ctx.Err() == context.DeadlineExceeded {
			return os.ErrDeadlineExceeded
		}
		return ctx.Err()
	}
	return err
}

// The dialler plays the kernel's answers, which are not the same everywhere: Windows tells a
// missing socket file as a refusal, and older ones have no such sockets.

func socketMissing(u *Upstream) error { return socketKernel(syscall.ENOENT)(u) }

func socketAbandoned(u *Upstream) error { return socketKernel(syscall.ECONNREFUSED)(u) }
