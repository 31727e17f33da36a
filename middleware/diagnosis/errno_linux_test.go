package diagnosis

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestErrnosOfLinux: numbers that other systems do not have, by their brothers.
func TestErrnosOfLinux(t *testing.T) {
	t.Parallel()
	for errno, brother := range map[syscall.Errno]syscall.Errno{
		syscall.ENONET: syscall.EHOSTUNREACH, syscall.EHOSTDOWN: syscall.EHOSTUNREACH, syscall.ETIME: syscall.ETIMEDOUT,
		syscall.ENOPKG: syscall.EAFNOSUPPORT, syscall.EPFNOSUPPORT: syscall.EAFNOSUPPORT, syscall.ESOCKTNOSUPPORT: syscall.EAFNOSUPPORT,
		syscall.ESHUTDOWN: syscall.EPIPE, syscall.ENOSR: syscall.ENOBUFS, syscall.EUSERS: syscall.ENOBUFS, syscall.ETOOMANYREFS: syscall.ENOBUFS,
	} {
		checkBrother(t, errno, brother)
	}
}

// TestSocketQueue fills the queue of a Unix socket, from which nobody takes. Other systems refuse
// the next connection, or let it wait.
func TestSocketQueue(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "f")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	fd := bound(t, syscall.SOCK_STREAM, path)
	defer syscall.Close(fd)
	if err := syscall.Listen(fd, 1); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		c, err := net.Dial("unix", path) //nolint:noctx // it ends at once
		if err != nil {
			checkSaid(t, err, atDial, said{DestinationUnavailable, "queue"})
			return
		}
		defer c.Close()
	}
	t.Error("the queue is never full")
}

// TestFamilyOff dials where the kernel has no IPv6 address to come from, if that is so here.
func TestFamilyOff(t *testing.T) {
	t.Parallel()
	_, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", "[2001:db8::7]:80")
	if e := syscall.Errno(0); !errors.As(err, &e) || e != syscall.EADDRNOTAVAIL && e != syscall.EAFNOSUPPORT {
		t.Skipf("IPv6 is not off in that way: %v", err)
	}
	checkSaid(t, err, atDial, said{DestinationIPUnroutable, "IPv6"})
}
