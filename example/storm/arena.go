package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// An arena is what all contestants are given.
type arena struct {
	options
	cores
	dir      string
	program  string        // the example gateway
	upstream string        // host:port
	timeout  time.Duration // of gateways, until an answer begins
	page     *page
}

// newArena makes the directory, ties this process to its core and finds the program.
func newArena(ctx context.Context, o options) (_ *arena, leave func(), err error) {
	dir, err := os.MkdirTemp("", "storm")
	if err != nil {
		return nil, nil, err
	}
	a := &arena{options: o, dir: dir}
	if err := os.Chmod(dir, 0o755); err != nil { // servers started by root read it as another user
		_ = os.RemoveAll(dir)
		return nil, nil, err
	}
	if a.program, err = o.gatewayProgram(ctx, dir); err != nil {
		_ = os.RemoveAll(dir)
		return nil, nil, err
	}
	var untie func()
	a.cores, untie = tieToCores() // after the build, which takes all that it can get
	return a, func() { untie(); _ = os.RemoveAll(dir) }, nil
}

func (a *arena) write(name, text string) (path string, err error) {
	path = filepath.Join(a.dir, name)
	return path, os.WriteFile(path, []byte(text), 0o644)
}

// startOurs starts the example gateway.
func (a *arena) startOurs(ctx context.Context, args ...string) (*process, error) {
	args = append([]string{"-upstream", "http://" + a.upstream, "-response-timeout", a.timeout.String()}, args...)
	p := newProcess(io.Discard, a.before(), oneCore, gatewayCommand(a.program, args))
	return p, startListening(ctx, p)
}

// startStandIn starts this program again, as a server.
func (a *arena) startStandIn(ctx context.Context, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := append([]string{self, standInName, "-page", a.page.file, "-type", a.page.contentType,
		"-encoding", a.page.encoding, "-status", strconv.Itoa(a.page.status)}, args...)
	for name := range a.page.fields {
		command = append(command, "-field", name+": "+a.page.fields.Get(name))
	}
	p := newProcess(io.Discard, a.before(), oneCore, command)
	return p, startListening(ctx, p)
}

// startAt starts a server of another kind, if it is installed.
func (a *arena) startAt(ctx context.Context, address string, env []string, name string, args ...string) (*process, error) {
	program, err := installed(name)
	if err != nil {
		return nil, err
	}
	p := newProcess(io.Discard, a.before(), env, append([]string{program}, args...))
	return p, startAt(ctx, p, address)
}

// installed finds a program, also where only root looks.
func installed(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err2 := exec.LookPath(filepath.Join("/usr/sbin", name)); err2 == nil {
			return path, nil
		}
	}
	return path, err
}
