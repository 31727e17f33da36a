package upstreamtest

import (
	"context"
	"net"
	"net/url"
	"time"
)

// pause is long enough for what was sent to arrive, and for a full table of descriptors
// to get room.
const pause = 30 * time.Millisecond

// A player plays the upstream's part on one connection, which is closed afterwards.
type player func(ctx context.Context, c *conn)

// serve starts a server on bare sockets: net/http's own refuses to misbehave.
func serve(scheme string, play player) func(*Upstream) error {
	return func(u *Upstream) error {
		address, err := u.listen(u.record, play)
		u.URL = &url.URL{Scheme: scheme, Host: address}
		return err
	}
}

// listen opens a port on which play plays. What is not a request to the upstream is not
// recorded, but kept aside.
func (u *Upstream) listen(record func(net.Conn) *conn, play player) (address string, err error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	u.hold(func() { ln.Close() })
	u.work.Go(func() { u.accept(ln, record, play) })
	return ln.Addr().String(), nil
}

func (u *Upstream) accept(ln net.Listener, record func(net.Conn) *conn, play player) {
	for u.open.Err() == nil {
		c, err := ln.Accept()
		if err != nil {
			sleep(u.open, pause)
			continue
		}
		u.work.Go(func() {
			defer c.Close()
			defer context.AfterFunc(u.open, func() { c.Close() })()
			play(u.open, record(c))
		})
	}
}

// sleep waits, but not beyond the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
