package diagnosis

import (
	"syscall"
	"testing"
)

// winsock are the numbers in Microsoft's list of Winsock errors, and those of the kernel that
// overlapped calls end with, with their brothers. Those without one are of Winsock itself.
var winsock = []struct {
	errno, brother syscall.Errno
}{
	{6, syscall.EBADF}, {8, syscall.ENOMEM}, {87, syscall.EINVAL}, {995, syscall.ECANCELED}, {996, syscall.EINPROGRESS}, {997, syscall.EINPROGRESS},
	{10004, syscall.EINTR}, {10009, syscall.EBADF}, {10013, syscall.EACCES}, {10014, syscall.EFAULT}, {10022, syscall.EINVAL}, {10024, syscall.EMFILE},
	{10035, syscall.EAGAIN}, {10036, syscall.EINPROGRESS}, {10037, syscall.EALREADY}, {10038, syscall.ENOTSOCK}, {10039, syscall.EDESTADDRREQ},
	{10040, syscall.EMSGSIZE}, {10041, syscall.EPROTOTYPE}, {10042, syscall.ENOPROTOOPT}, {10043, syscall.EPROTONOSUPPORT},
	{10044, syscall.ESOCKTNOSUPPORT}, {10045, syscall.EOPNOTSUPP}, {10046, syscall.EPFNOSUPPORT}, {10047, syscall.EAFNOSUPPORT},
	{10048, syscall.EADDRINUSE}, {10049, syscall.EADDRNOTAVAIL}, {10050, syscall.ENETDOWN}, {10051, syscall.ENETUNREACH}, {10052, syscall.ENETRESET},
	{10053, syscall.ECONNABORTED}, {10054, syscall.ECONNRESET}, {10055, syscall.ENOBUFS}, {10056, syscall.EISCONN}, {10057, syscall.ENOTCONN},
	{10058, syscall.ESHUTDOWN}, {10059, syscall.ETOOMANYREFS}, {10060, syscall.ETIMEDOUT}, {10061, syscall.ECONNREFUSED}, {10062, syscall.ELOOP},
	{10063, syscall.ENAMETOOLONG}, {10064, syscall.EHOSTDOWN}, {10065, syscall.EHOSTUNREACH}, {10066, syscall.EBADF}, {10067, syscall.EUSERS},
	{10068, syscall.EUSERS}, {10069, syscall.EDQUOT}, {10070, syscall.ESTALE}, {10071, syscall.EBADF}, {10091, syscall.ENETDOWN}, {10092, syscall.ENOSYS},
	{10093, syscall.ENOSYS}, {10101, syscall.ESHUTDOWN}, {10102, syscall.ENOSYS}, {10103, syscall.ECANCELED}, {10104, syscall.ENOSYS},
	{10105, syscall.ENOSYS}, {10106, syscall.ENOSYS}, {10107, syscall.ENOSYS}, {10108, syscall.ENOSYS}, {10109, syscall.ENOSYS}, {10110, syscall.ENOSYS},
	{10111, syscall.ECANCELED}, {10112, syscall.EACCES},

	{2, syscall.ENOENT}, {3, syscall.ENOTDIR}, {4, syscall.EMFILE}, {5, syscall.EACCES}, {14, syscall.ENOMEM}, {50, syscall.ENOSYS}, {53, syscall.ENETUNREACH},
	{59, syscall.ECONNRESET}, {64, syscall.ECONNRESET}, {65, syscall.EACCES}, {109, syscall.EPIPE}, {120, syscall.ENOSYS}, {121, syscall.ETIMEDOUT},
	{123, syscall.ENAMETOOLONG}, {206, syscall.ENAMETOOLONG}, {232, syscall.EPIPE}, {233, syscall.EPIPE}, {240, syscall.ECONNRESET}, {1214, syscall.EINVAL},
	{1222, syscall.ENETDOWN}, {1223, syscall.ECANCELED}, {1225, syscall.ECONNREFUSED}, {1226, syscall.ECONNRESET}, {1227, syscall.EADDRINUSE},
	{1229, syscall.ENOTCONN}, {1231, syscall.ENETUNREACH}, {1232, syscall.EHOSTUNREACH}, {1233, syscall.ENOPROTOOPT}, {1234, syscall.ECONNREFUSED},
	{1235, syscall.ECANCELED}, {1236, syscall.ECONNABORTED}, {1256, syscall.EHOSTDOWN}, {1260, syscall.EACCES}, {1450, syscall.ENOBUFS},
	{1453, syscall.ENOMEM}, {1455, syscall.ENOMEM}, {1460, syscall.ETIMEDOUT},
}

// TestErrnosOfWindows: each is named as its brother of POSIX.
func TestErrnosOfWindows(t *testing.T) {
	t.Parallel()
	for _, c := range winsock {
		checkBrother(t, c.errno, c.brother)
	}
}

// TestLookUpsOfWindows: it tells errors of the look-up in words of its own.
func TestLookUpsOfWindows(t *testing.T) {
	t.Parallel()
	for _, e := range localLookupErrnos {
		if said := "getaddrinfow: " + e.Error(); kindInText(said) != kindOf(e) {
			t.Errorf("%q is not known", said)
		}
	}
}
