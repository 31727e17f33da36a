package drillthrough

import (
	"net"
	"sync"
)

// A patientConn lets nothing be read before something was written. Some servers that do
// not speak HTTP greet at once, and net/http takes that for an answer or for a broken
// connection, by chance.
type patientConn struct {
	net.Conn
	begin sync.Once
	wrote chan struct{}

	mu    sync.Mutex
	first []byte // what came first
}

func newPatientConn(c net.Conn) *patientConn {
	return &patientConn{Conn: c, wrote: make(chan struct{})}
}

func (c *patientConn) start() { c.begin.Do(func() { close(c.wrote) }) }

func (c *patientConn) Read(p []byte) (int, error) {
	<-c.wrote
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.first = append(c.first, p[:min(n, frameHead-len(c.first))]...)
	c.mu.Unlock()
	return n, err
}

func (c *patientConn) Write(p []byte) (int, error) {
	defer c.start()
	return c.Conn.Write(p)
}

func (c *patientConn) Close() error {
	defer c.start()
	return c.Conn.Close()
}

// frameHead is the length of the head of an HTTP/2 frame (RFC 9113 §4.1).
const frameHead = 9

// sawFrame reports whether what came first may be HTTP/2: a frame SETTINGS or GOAWAY of
// the connection itself.
func (c *patientConn) sawFrame() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	const settings, goAway = 0x4, 0x7
	f := c.first
	return len(f) == frameHead && f[0] == 0 && (f[3] == settings || f[3] == goAway) && f[5]|f[6]|f[7]|f[8] == 0
}
