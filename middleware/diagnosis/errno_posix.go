//go:build !plan9

package diagnosis

import (
	"errors"
	"strings"
	"syscall"
)

// kindOf returns what the first error number in a chain says; 0: there is none.
func kindOf(err error) kind {
	errno, ok := errors.AsType[syscall.Errno](err)
	switch {
	case !ok || errno == 0:
		return 0
	default:
		if k := localKind(errno); k != 0 {
			return k
		}
	}
	switch errno {
	case syscall.ECONNREFUSED:
		return kindRefused
	case syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, syscall.ENETRESET, syscall.ENOTCONN:
		return kindReset
	case syscall.ETIMEDOUT:
		return kindSilent
	case syscall.EAGAIN:
		return kindFull
	case syscall.EHOSTUNREACH:
		return kindNoHost
	case syscall.ENETUNREACH:
		return kindNoNetwork
	case syscall.ENETDOWN, syscall.ENODEV, syscall.ENXIO:
		return kindNetDown
	case syscall.ENOPROTOOPT, syscall.EPROTO, syscall.EOPNOTSUPP:
		return kindNoProtocol
	case syscall.EMSGSIZE:
		return kindTooLong
	case syscall.EACCES, syscall.EPERM:
		return kindForbidden
	case syscall.EADDRNOTAVAIL:
		return kindNoAddress
	case syscall.EADDRINUSE:
		return kindInUse
	case syscall.EAFNOSUPPORT, syscall.EPROTONOSUPPORT:
		return kindNoFamily
	case syscall.EMFILE:
		return kindNoFiles
	case syscall.ENFILE:
		return kindNoFilesAll
	case syscall.ENOBUFS, syscall.ENOMEM:
		return kindNoMemory
	case syscall.EINVAL, syscall.EDESTADDRREQ:
		return kindInvalid
	case syscall.ENOENT, syscall.ENOTDIR:
		return kindNoFile
	case syscall.ENAMETOOLONG, syscall.ELOOP:
		return kindNoPath
	case syscall.EPROTOTYPE:
		return kindOtherType
	case syscall.ENOTSOCK:
		return kindNoSocket
	case syscall.EALREADY, syscall.EBADF, syscall.EBADMSG, syscall.ECANCELED, syscall.EDQUOT, syscall.EEXIST, syscall.EFAULT, syscall.EFBIG,
		syscall.EINPROGRESS, syscall.EINTR, syscall.EIO, syscall.EISCONN, syscall.EISDIR, syscall.ENOSPC, syscall.ENOSYS, syscall.EROFS, syscall.ESTALE:
		return kindMisused
	}
	return kindUnusual
}

// kindInText returns what the error number says with whose words a text ends: the look-up of
// names tells no more than a text.
func kindInText(said string) kind {
	if i := strings.LastIndex(said, ": "); i >= 0 {
		said = said[i+2:]
	}
	for _, list := range [2][]syscall.Errno{lookupErrnos, localLookupErrnos} {
		for _, errno := range list {
			if errno.Error() == said {
				return kindOf(errno)
			}
		}
	}
	return 0
}

// lookupErrnos are what can keep a look-up from asking its resolver.
var lookupErrnos = []syscall.Errno{
	syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ENETUNREACH, syscall.EHOSTUNREACH,
	syscall.ENETDOWN, syscall.EACCES, syscall.EPERM, syscall.EADDRNOTAVAIL, syscall.EADDRINUSE, syscall.EAFNOSUPPORT, syscall.EPROTONOSUPPORT, syscall.EINVAL,
}
