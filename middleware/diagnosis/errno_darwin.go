package diagnosis

import "syscall"

const eQFULL syscall.Errno = 106 // the queue of the interface is full; package syscall has no name for it

// systemKind knows the numbers that this system alone has.
func systemKind(errno syscall.Errno) kind {
	switch errno {
	case syscall.EPWROFF, syscall.EDEVERR: // of the network's device
		return kindNetDown
	case syscall.ETIME:
		return kindSilent
	case syscall.ENEEDAUTH: // of a VPN or a network filter
		return kindForbidden
	case syscall.ENOSR, syscall.EPROCLIM, eQFULL:
		return kindNoMemory
	}
	return 0
}
