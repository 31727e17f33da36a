package diagnosis

import (
	"syscall"
	"testing"
)

// TestErrnosOfDarwin: numbers that other systems do not have, by their brothers.
func TestErrnosOfDarwin(t *testing.T) {
	t.Parallel()
	for errno, brother := range map[syscall.Errno]syscall.Errno{
		syscall.EPWROFF: syscall.ENETDOWN, syscall.EDEVERR: syscall.ENETDOWN, syscall.ETIME: syscall.ETIMEDOUT, syscall.ENEEDAUTH: syscall.EACCES,
		syscall.EHOSTDOWN: syscall.EHOSTUNREACH, syscall.EPFNOSUPPORT: syscall.EAFNOSUPPORT, syscall.ESOCKTNOSUPPORT: syscall.EAFNOSUPPORT,
		syscall.ESHUTDOWN: syscall.EPIPE, syscall.ENOSR: syscall.ENOBUFS, syscall.EPROCLIM: syscall.ENOBUFS, eQFULL: syscall.ENOBUFS,
		syscall.EUSERS: syscall.ENOBUFS, syscall.ETOOMANYREFS: syscall.ENOBUFS,
	} {
		checkBrother(t, errno, brother)
	}
}
