package upstreamtest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
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
		ln, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return err
		}
		u.URL = &url.URL{Scheme: scheme, Host: ln.Addr().String()}
		u.hold(func() { ln.Close() })
		u.work.Go(func() { u.accept(ln, play) })
		return nil
	}
}

func (u *Upstream) accept(ln net.Listener, play player) {
	for u.open.Err() == nil {
		c, err := ln.Accept()
		if err != nil {
			sleep(u.open, pause)
			continue
		}
		u.work.Go(func() {
			defer c.Close()
			defer context.AfterFunc(u.open, func() { c.Close() })()
			play(u.open, u.record(c))
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

// answer reads the request, says text and closes the connection.
func answer(text string) player {
	return func(_ context.Context, c *conn) {
		if c.request() != nil {
			return
		}
		_, _ = io.WriteString(c, text)
		c.finish()
	}
}

// silence reads on and never says anything.
func silence(_ context.Context, c *conn) { _, _ = io.Copy(io.Discard, c) }

// resetUnread lets the request arrive first: whether a reset is met while writing or
// while reading would be chance.
func resetUnread(ctx context.Context, c *conn) {
	sleep(ctx, pause)
	c.reset()
}

// resetAfter reads the request, says text and resets the connection.
func resetAfter(text string) player {
	return func(ctx context.Context, c *conn) {
		if c.request() != nil {
			return
		}
		_, _ = io.WriteString(c, text)
		sleep(ctx, pause)
		c.reset()
	}
}

// A conn remembers what came in. It embeds the interface, not *net.TCPConn, whose
// WriteTo would go past Read.
type conn struct {
	net.Conn
	note func([]byte)
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.note(p[:n])
	return n, err
}

// request reads one request whole, or a TLS greeting: the kernel would turn a close
// with unread bytes into a reset.
func (c *conn) request() error {
	r := bufio.NewReader(c)
	start, err := r.Peek(5)
	if err != nil {
		return err
	}
	if start[0] == tlsHandshake {
		_, err = r.Discard(5 + int(start[3])<<8 + int(start[4]))
		return err
	}
	req, err := http.ReadRequest(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err
}

// finish closes our side and gives the other a while to read and to close its own.
func (c *conn) finish() {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = c.SetReadDeadline(time.Now().Add(Limit))
	_, _ = io.Copy(io.Discard, c)
}

// reset makes the close that follows a reset.
func (c *conn) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}
