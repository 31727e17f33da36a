//go:build unix

package upstreamtest

import (
	"net"
	"net/url"
	"os"
	"strconv"
	"syscall"
)

// A socket is bound to a port of its own without listening: connections are refused,
// and nobody else can get the port.
type socket struct {
	fds  []int // the bound one first
	port int
}

func reserve() (*socket, error) {
	s := &socket{}
	fd, err := s.open()
	if err != nil {
		s.close()
		return nil, err
	}
	if err := syscall.Bind(fd, loopback(0)); err != nil {
		s.close()
		return nil, os.NewSyscallError("bind", err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		s.close()
		return nil, os.NewSyscallError("getsockname", err)
	}
	if bound, ok := name.(*syscall.SockaddrInet4); ok {
		s.port = bound.Port
	}
	return s, nil
}

// fill makes the socket listen with the shortest queue and fills that with connections
// of our own; nobody takes them out. A full queue lets the kernel ignore newcomers.
func (s *socket) fill() error {
	const more = 8                                      // than the queue has room for; those that find none keep knocking
	if err := syscall.Listen(s.fds[0], 1); err != nil { // 0 means the default on some systems
		return os.NewSyscallError("listen", err)
	}
	for range more {
		fd, err := s.open()
		if err != nil {
			return err
		}
		if err := syscall.Connect(fd, loopback(s.port)); err != nil && err != syscall.EINPROGRESS {
			return os.NewSyscallError("connect", err)
		}
	}
	return nil
}

func (s *socket) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

func (s *socket) close() {
	for _, fd := range s.fds {
		_ = syscall.Close(fd)
	}
}

// open adds a socket that does not block.
func (s *socket) open() (int, error) {
	syscall.ForkLock.RLock() // so that no child gets the descriptor before it is marked
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, os.NewSyscallError("socket", err)
	}
	s.fds = append(s.fds, fd)
	syscall.CloseOnExec(fd)
	return fd, os.NewSyscallError("setnonblock", syscall.SetNonblock(fd, true))
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

func loopback(port int) *syscall.SockaddrInet4 {
	return &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
}
