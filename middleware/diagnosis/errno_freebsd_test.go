package diagnosis

import (
	"syscall"
	"testing"
)

// TestErrnosOfFreeBSD: numbers that other systems do not have, by their brothers.
func TestErrnosOfFreeBSD(t *testing.T) {
	t.Parallel()
	for errno, brother := range map[syscall.Errno]syscall.Errno{
		syscall.ECAPMODE: syscall.EPERM, syscall.ENOTCAPABLE: syscall.EPERM, syscall.EHOSTDOWN: syscall.EHOSTUNREACH,
		syscall.EPFNOSUPPORT: syscall.EAFNOSUPPORT, syscall.ESOCKTNOSUPPORT: syscall.EAFNOSUPPORT, syscall.ESHUTDOWN: syscall.EPIPE,
		syscall.EPROCLIM: syscall.ENOBUFS, syscall.EUSERS: syscall.ENOBUFS, syscall.ETOOMANYREFS: syscall.ENOBUFS,
	} {
		checkBrother(t, errno, brother)
	}
}
