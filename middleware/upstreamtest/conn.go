package upstreamtest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"
)

// A conn remembers what came in. It embeds the interface, not *net.TCPConn, whose
// WriteTo would go past Read.
type conn struct {
	net.Conn
	note   func([]byte)
	forget func() // what was noted so far
}

// aside is a connection of which nothing is remembered.
func aside(c net.Conn) *conn { return &conn{Conn: c, note: func([]byte) {}, forget: func() {}} }

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.note(p[:n])
	return n, err
}

// say writes, whether anybody listens or not.
func (c *conn) say(text string) { _, _ = io.WriteString(c, text) }

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

// head reads the head of a request, and no more of the body than came with it.
func (c *conn) head() error {
	_, err := http.ReadRequest(bufio.NewReader(c))
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
	if tcp := c.tcp(); tcp != nil {
		_ = tcp.SetLinger(0)
	}
}

// tcp is what lies under the layers; nil for none.
func (c *conn) tcp() *net.TCPConn {
	for layer := c.Conn; ; {
		switch l := layer.(type) {
		case *conn:
			layer = l.Conn
		case *tls.Conn:
			layer = l.NetConn()
		case *net.TCPConn:
			return l
		default:
			return nil
		}
	}
}
