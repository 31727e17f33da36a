package upstreamtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"syscall"
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

// unroutable plays the kernel's part: the real answer would need a routing table of our
// own. The port behind it refuses, should somebody come by another way.
func unroutable(u *Upstream) error {
	u.dialer.Control = func(string, string, syscall.RawConn) error {
		return os.NewSyscallError("connect", syscall.ENETUNREACH)
	}
	return refuse(u)
}

func fillQueue(u *Upstream) error {
	s, err := reserve()
	if err != nil {
		return err
	}
	u.hold(s.close)
	u.URL = &url.URL{Scheme: "http", Host: s.address()}
	return s.fill()
}
