package main

import (
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// shutdownLimit is longer than the example waits for streams.
const shutdownLimit = 10 * time.Second

// A process is a program under load, and where it listens. What it logs is counted.
type process struct {
	name    string // of the program
	address string // host:port
	log     *lineCounter

	cmd    *exec.Cmd
	exited chan struct{}
}

// newProcess prepares a program, with a command such as taskset before it and more
// environment. What it logs goes to log too.
func newProcess(log io.Writer, before, env, command []string) *process {
	all := slices.Concat(before, command)
	p := &process{name: command[0], cmd: exec.Command(all[0], all[1:]...), log: &lineCounter{}, exited: make(chan struct{})}
	p.cmd.Env = append(p.cmd.Environ(), env...)
	p.cmd.Stderr = io.MultiWriter(p.log, log)
	tie(p.cmd)
	return p
}

// start starts the program; ended is called when it has ended.
func (p *process) start(ended func()) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel ties a child to the thread that started it
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // the exit status says no more than the log
			ended()
			close(p.exited)
		}
	}()
	return <-started
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop lets the program end by itself, so that everything it has to log is logged.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(shutdownLimit):
		return fmt.Errorf("the gateway still ran %v after SIGTERM", shutdownLimit)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("the gateway ended with exit status %d:\n%s", code, p.log.last())
	}
	return nil
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}
