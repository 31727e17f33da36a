package diagnosis

import "syscall"

// systemKind knows the numbers that this system alone has.
func systemKind(errno syscall.Errno) kind {
	switch errno {
	case syscall.ENONET: // ICMP: the host is isolated
		return kindNoHost
	case syscall.ETIME:
		return kindSilent
	case syscall.ENOPKG: // ip(7): a part of the kernel is missing
		return kindNoFamily
	case syscall.ENOSR:
		return kindNoMemory
	}
	return 0
}
