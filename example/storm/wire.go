package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

// A wire is a kept-alive connection that reads answers with as little work as possible:
// net/http would cost more than some of the servers under load.
type wire struct {
	conn net.Conn
	in   []byte // what has come; grows to the largest answer
}

// A rawAnswer lies in the buffer of its wire, until the next exchange.
type rawAnswer struct {
	status     int
	head, body []byte
	closes     bool // the connection ends with it
}

var (
	errNoHTTP   = errors.New("no HTTP/1.1 answer")
	errNoLength = errors.New("no Content-Length")
	errTooLong  = errors.New("longer than any page")
)

func (w *wire) connect(ctx context.Context, address string, deadline time.Time) error {
	conn, err := (&net.Dialer{Deadline: deadline}).DialContext(ctx, "tcp", address)
	if err != nil {
		return &failure{"connect", err}
	}
	w.conn = conn
	return conn.SetDeadline(deadline)
}

func (w *wire) disconnect() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

// exchange sends a request and reads its whole answer.
func (w *wire) exchange(request []byte) (a rawAnswer, err error) {
	if _, err := w.conn.Write(request); err != nil {
		return a, &failure{"send", err}
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

// parse reads the head and returns the length of the body.
func (a *rawAnswer) parse() (length int, err error) {
	status, rest, _ := bytes.Cut(a.head, []byte("\r\n"))
	if len(status) < 12 || string(status[:9]) != "HTTP/1.1 " {
		return 0, errNoHTTP
	}
	if a.status, err = strconv.Atoi(string(status[9:12])); err != nil {
		return 0, errNoHTTP
	}
	length = -1
	for len(rest) > 2 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if line[0]|0x20 != 'c' { // both fields begin with it
			continue
		}
		if value, ok := field(line, "content-length"); ok {
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return 0, errNoLength
			}
		} else if value, ok := field(line, "connection"); ok {
			a.closes = bytes.EqualFold(value, []byte("close"))
		}
	}
	if length < 0 {
		return 0, errNoLength
	}
	return length, nil
}

// field returns the value of a line if it is the named field.
func field(line []byte, name string) ([]byte, bool) {
	if len(line) <= len(name) || line[len(name)] != ':' || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name)+1:]), true
}
