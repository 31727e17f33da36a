package upstreamtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"syscall"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// newDialer returns a dialler that reaches nothing beyond this machine: it asks no name
// server and refuses every address that is not a loopback address.
func newDialer() *net.Dialer {
	return &net.Dialer{
		Control: onlyLoopback,
		Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("upstreamtest: no name server is asked")
		}},
	}
}

func onlyLoopback(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !a.Addr().IsLoopback() {
		return fmt.Errorf("upstreamtest: %s is not on this machine", address)
	}
	return nil
}

func refuse(u *Upstream) error {
	s, err := reserve()
	if err != nil {
		return err
	}
	u.hold(s.close)
	u.URL = &url.URL{Scheme: "http", Host: s.address()}
	return nil
}

// forbid lets the dialler say why it does not connect. The port behind it refuses,
// should somebody come by another way.
func forbid(why error) func(*Upstream) error {
	return func(u *Upstream) error {
		u.dialer.Control = func(string, string, syscall.RawConn) error { return why }
		return refuse(u)
	}
}

// kernel plays the kernel's part: its real answer would need a routing table, firewall
// rules or limits of our own.
func kernel(call string, says syscall.Errno) func(*Upstream) error {
	return forbid(os.NewSyscallError(call, says))
}

// policy is the word of a host program that keeps visitors from some addresses.
func policy() error {
	return &diagnosis.Error{
		Type: diagnosis.DestinationIPProhibited,
		Hint: "the gateway's own policy forbids this address",
		Err:  errors.New("upstreamtest: not this address"),
	}
}

// socketKernel plays the kernel's part at a socket file: what it says there root never hears, or
// other systems say otherwise.
func socketKernel(says syscall.Errno) func(*Upstream) error {
	return func(u *Upstream) error {
		u.URL = &url.URL{Scheme: "http", Host: upstreamName}
		u.settings = append(u.settings, func(t *http.Transport) {
			t.DialContext = func(context.Context, string, string) (net.Conn, error) {
				file := &net.UnixAddr{Name: "socket", Net: "unix"}
				return nil, &net.OpError{Op: "dial", Net: file.Net, Addr: file, Err: os.NewSyscallError("connect", says)}
			}
		})
		return nil
	}
}
