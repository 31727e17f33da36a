package diagnosis

import "syscall"

// localKind knows no numbers of its own here.
func localKind(syscall.Errno) kind { return 0 }

var localLookupErrnos []syscall.Errno
