package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// patience is how long a client waits for the gateway.
const patience = 30 * time.Second

// A wire is a client: one connection for all requests, or one after the other. It reads
// answers with as little work as possible: net/http would cost more than some of the
// servers under load.
type wire struct {
	address    string
	reconnects bool // has a connection for each request

	conn net.Conn // nil: there is none
	in   []byte   // what has come; grows to the largest answer
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

var (
	errTooLong = errors.New("longer than any page")
	errMore    = errors.New("more bytes than the answer has")
)

func (w *wire) connect() error {
	conn, err := net.DialTimeout("tcp", w.address, patience)
	if err != nil {
		return &failure{"connect", err}
	}
	w.conn = conn
	return nil
}

func (w *wire) disconnect() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

// send sends a request, over a new connection where there is none.
func (w *wire) send(request []byte) error {
	if w.conn == nil {
		if err := w.connect(); err != nil {
			return err
		}
	}
	if err := w.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return &failure{"send", err}
	}
	if _, err := w.conn.Write(request); err != nil {
		return &failure{"send", err}
	}
	return nil
}

// exchange sends a request and reads its whole answer.
func (w *wire) exchange(request []byte) (a answer, err error) {
	if err := w.send(request); err != nil {
		return a, err
	}
	n, end := 0, -1
	for end < 0 {
		seen := max(0, n-3)
		if n, err = w.more(n); err != nil {
			return a, &failure{"head", err}
		}
		if end = bytes.Index(w.in[seen:n], []byte("\r\n\r\n")); end >= 0 {
			end += seen + 4
		}
	}
	a.head = w.in[:end]
	length, err := a.parse()
	if err != nil {
		return a, &failure{"head", err}
	}
	for n < end+length {
		if n, err = w.more(n); err != nil {
			return a, &failure{"body", err}
		}
	}
	if n > end+length {
		return a, &failure{"end", errMore}
	}
	a.head, a.body = w.in[:end], w.in[end:n] // the buffer may be another by now
	return a, nil
}

// more reads on after the first n bytes and returns how many there are then.
func (w *wire) more(n int) (int, error) {
	if n == len(w.in) {
		if n >= maxPage {
			return n, errTooLong
		}
		w.in = append(w.in, make([]byte, max(32<<10, n))...)
	}
	m, err := w.conn.Read(w.in[n:])
	if m > 0 {
		return n + m, nil
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// end waits until the server ends the connection, if that must end with the answer. The
// port is then not ours to wait on.
func (w *wire) end(a *answer) error {
	if !a.closes && !w.reconnects {
		return nil
	}
	defer w.disconnect()
	switch _, err := w.conn.Read(make([]byte, 1)); {
	case err == nil:
		return &failure{"end", errMore}
	case errors.Is(err, io.EOF):
		return nil
	default:
		return &failure{"end", err}
	}
}
