//go:build unix || js

package diagnosis

import "syscall"

// localKind knows numbers that not all systems have.
func localKind(errno syscall.Errno) kind {
	switch errno {
	case syscall.ESHUTDOWN:
		return kindReset
	case syscall.EHOSTDOWN:
		return kindNoHost
	case syscall.EPFNOSUPPORT, syscall.ESOCKTNOSUPPORT:
		return kindNoFamily
	case syscall.ETOOMANYREFS, syscall.EUSERS:
		return kindNoMemory
	}
	return systemKind(errno)
}

var localLookupErrnos []syscall.Errno
