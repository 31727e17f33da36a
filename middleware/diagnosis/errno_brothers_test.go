//go:build linux || windows || darwin || freebsd

package diagnosis

import (
	"syscall"
	"testing"
)

// checkBrother holds an errno against one of the common table, at all places.
func checkBrother(t *testing.T, errno, brother syscall.Errno) {
	t.Helper()
	if kindOf(errno) == 0 || kindOf(errno) == kindUnusual {
		t.Errorf("%d (%v) is not known", errno, errno)
	}
	for _, at := range []func(syscall.Errno) error{byIP, byIPv6, byFile, making, taking} {
		if got, want := Of(at(errno), atDial), Of(at(brother), atDial); got != want {
			t.Errorf("%d (%v) is told as %+v, %v as %+v", errno, at(errno), got, brother, want)
		}
	}
	if got, want := Of(reads(errno), atWait), Of(reads(brother), atWait); got != want {
		t.Errorf("%d (%v) on a connection is told as %+v, %v as %+v", errno, errno, got, brother, want)
	}
}
