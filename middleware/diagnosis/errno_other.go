//go:build (unix || js) && !linux && !freebsd && !darwin && !ios

package diagnosis

import "syscall"

// systemKind knows no numbers of its own here.
func systemKind(syscall.Errno) kind { return 0 }
