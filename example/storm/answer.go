package main

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// An answer lies in the buffer of its wire, until the next exchange.
type answer struct {
	status     int
	head, body []byte
	closes     bool // the connection ends with it
}

var (
	errNoHTTP   = errors.New("no HTTP/1.1 answer")
	errNoLength = errors.New("no Content-Length")
)

// parse reads the head and returns the length of the body.
func (a *answer) parse() (length int, err error) {
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

// value returns that of the first field of a name.
func (a *answer) value(name string) string {
	for line := range bytes.SplitSeq(a.head, []byte("\r\n")) {
		if value, ok := field(line, name); ok {
			return string(value)
		}
	}
	return ""
}

// errorOf returns the error that a gateway named in Proxy-Status (RFC 9209).
func errorOf(proxyStatus string) string {
	_, rest, _ := strings.Cut(proxyStatus, "error=")
	name, _, _ := strings.Cut(rest, ";")
	return name
}

// hasReference looks for a reference such as 7KQ2-M9XD. Pages are long: a regular
// expression would cost about as much as making them.
func hasReference(body []byte) bool {
	for at := 0; ; at++ {
		dash := bytes.IndexByte(body[at:], '-')
		if dash < 0 {
			return false
		}
		at += dash
		if at >= 4 && at+5 <= len(body) && isGroup(body[at-4:at]) && isGroup(body[at+1:at+5]) {
			return true
		}
	}
}

func isGroup(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
