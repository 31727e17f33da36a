package transparency

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// A wiring is which protocols are spoken before and behind the gateway, and what else a
// stand needs to know.
type wiring struct {
	name        string
	front, back protocol
	requests    int // that come in at the upstream; 0: one
	upgraded    bool
	proxy       func(*httputil.ReverseProxy)
	config      *middleware.Config
}

// A request is written out by the protocols each in its own way.
type request struct {
	line     string // method and target
	fields   []string
	body     string
	unsized  bool // the body's length is not said
	trailers []string
}

func (r request) method() string {
	m, _, _ := strings.Cut(r.line, " ")
	return m
}

// http1 writes a request out for HTTP/1.1, or the version that stands in its line.
func (r request) http1(last bool) string {
	var out strings.Builder
	out.WriteString(r.line)
	if !strings.Contains(r.line, " HTTP/1.") {
		out.WriteString(" HTTP/1.1")
	}
	out.WriteString("\r\nHost: shop.example.com\r\n")
	if last {
		out.WriteString("Connection: close\r\n")
	}
	for _, f := range r.fields {
		out.WriteString(f + "\r\n")
	}
	if !r.unsized {
		if r.body != "" {
			fmt.Fprintf(&out, "Content-Length: %d\r\n", len(r.body))
		}
		out.WriteString("\r\n" + r.body)
		return out.String()
	}
	out.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	chunks := httputil.NewChunkedWriter(&out)
	for body := r.body; body != ""; {
		n := min(len(body), 1000)
		_, _ = io.WriteString(chunks, body[:n]) // a strings.Builder cannot fail
		body = body[n:]
	}
	_ = chunks.Close()
	for _, f := range r.trailers {
		out.WriteString(f + "\r\n")
	}
	out.WriteString("\r\n")
	return out.String()
}

// A client1 speaks HTTP/1.1 by hand.
type client1 struct {
	gateway
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
	log  strings.Builder // what it saw
}

func dial(t *testing.T, g gateway) *client1 {
	t.Helper()
	conn, err := net.Dial("tcp", g.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	return &client1{gateway: g, t: t, conn: conn, r: bufio.NewReader(conn)}
}

func (c *client1) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Errorf("the request could not be sent: %v", err)
	}
}

// answer reads the answer to a request, with all that comes before it.
func (c *client1) answer(method string) head {
	for {
		m, err := readMessage(c.r, method)
		c.log.WriteString(m.text)
		if err != nil {
			fmt.Fprintf(&c.log, "(%v)", err)
		}
		if err != nil || !m.interim() {
			return m
		}
	}
}

// end reads what is left until the gateway closes, and returns all that was seen.
func (c *client1) end() string {
	rest, err := io.ReadAll(c.r)
	c.conn.Close() // a handler must not wait for us for ever
	if op := new(net.OpError); errors.As(err, &op) {
		err = op.Err // without the addresses
	}
	fmt.Fprintf(&c.log, "(then %d bytes, %v)", len(rest), err)
	return c.log.String()
}

// exchange1 sends requests one behind the other without waiting and reads the answers.
func exchange1(t *testing.T, g gateway, requests ...request) string {
	t.Helper()
	c := dial(t, g)
	var all strings.Builder
	for i, r := range requests {
		all.WriteString(r.http1(i == len(requests)-1))
	}
	c.send(all.String())
	for _, r := range requests {
		c.answer(r.method())
	}
	return c.end()
}

// head reads a head and leaves the body where it is.
func (c *client1) head() {
	h, err := readHead(c.r)
	c.log.WriteString(h.text)
	if err != nil {
		fmt.Fprintf(&c.log, "(%v)", err)
	}
}

func (c *client1) lines(n int) {
	for range n {
		line, err := c.r.ReadString('\n')
		c.log.WriteString(line)
		if err != nil {
			fmt.Fprintf(&c.log, "(%v)", err)
		}
	}
}

// rest reads what is left until the gateway closes.
func (c *client1) rest() string {
	rest, err := io.ReadAll(c.r)
	if err != nil {
		return err.Error()
	}
	return string(rest)
}

// another is a second connection to the same gateway.
func (c *client1) another() *client1 { return dial(c.t, c.gateway) }
