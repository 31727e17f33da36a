package main

import (
	"os/exec"
	"syscall"
)

// tie keeps the signals of our terminal from cmd, and lets the kernel kill it when we die.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
