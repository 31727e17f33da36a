package diagnosis

import "syscall"

// systemKind knows the numbers that this system alone has.
func systemKind(errno syscall.Errno) kind {
	switch errno {
	case syscall.ECAPMODE, syscall.ENOTCAPABLE: // Capsicum
		return kindForbidden
	case syscall.EPROCLIM:
		return kindNoMemory
	}
	return 0
}
