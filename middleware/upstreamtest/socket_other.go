//go:build !unix

package upstreamtest

import (
	"errors"
	"net"
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

func (s socket) fill() error     { return errors.New("this system has no bare sockets") }
func (s socket) address() string { return string(s) }
func (s socket) close()          {}
