package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// patience is how long a client waits for the gateway.
const patience = 30 * time.Second

// A client is one connection after the other, or one for all requests. It is lean, so
// that the gateway has the processor.
type client struct {
	address    string
	reconnects bool // has a connection for each request

	conn   net.Conn
	reader *bufio.Reader
	body   bytes.Buffer // of the last answer
}

// A failure is an error of the connection to the gateway, or of what came over it.
type failure struct {
	step string // connect, send, head, body, end
	err  error
}

func (f *failure) Error() string { return f.step + ": " + reason(f.err) }

// reason is a short text for an error, without addresses: errors are counted by it.
func reason(err error) string {
	var errno syscall.Errno
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "nothing came for " + patience.String()
	case errors.As(err, &errno):
		return errno.Error()
	}
	return err.Error()
}

func (c *client) connect(ctx context.Context) error {
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", c.address)
	if err != nil {
		return &failure{"connect", err}
	}
	c.conn = conn
	if c.reader == nil {
		c.reader = bufio.NewReaderSize(conn, 16<<10)
	} else {
		c.reader.Reset(conn)
	}
	return nil
}

func (c *client) disconnect() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// roundTrip reads the whole answer. Its body is then in c.body.
func (c *client) roundTrip(r *request) (*http.Response, error) {
	message := r.keep
	if c.reconnects {
		message = r.last
	}
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, &failure{"send", err}
	}
	if _, err := c.conn.Write(message); err != nil {
		return nil, &failure{"send", err}
	}
	res, err := http.ReadResponse(c.reader, nil) // nil: GET
	if err != nil {
		return nil, &failure{"head", err}
	}
	c.body.Reset()
	_, err = c.body.ReadFrom(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return nil, &failure{"body", err}
	}
	return res, nil
}

// expectEnd waits until the gateway ends the connection, as it must after a request
// with Connection: close. The port is then not ours to wait on.
func (c *client) expectEnd() error {
	switch _, err := c.reader.ReadByte(); {
	case err == nil:
		return &failure{"end", errMore}
	case errors.Is(err, io.EOF):
		return nil
	default:
		return &failure{"end", err}
	}
}
