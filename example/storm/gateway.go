package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	// gatewayName makes the gateway send Proxy-Status, which names the error.
	gatewayName = "storm"
	// startupLimit is how long the gateway may take until it accepts.
	startupLimit = 20 * time.Second
	// shutdownLimit is longer than the example waits for streams.
	shutdownLimit = 10 * time.Second
)

// buildGateway builds the example program of the directory above.
func buildGateway(ctx context.Context, path string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", path, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the gateway: %w\n%s", err, out)
	}
	return nil
}

// A gateway is the program under load, a process of its own.
type gateway struct {
	address string // host:port
	log     *lineCounter

	cmd    *exec.Cmd
	exited chan struct{}
}

// startGateway starts the program and waits until it accepts. What it logs is counted,
// and goes to log.
func startGateway(ctx context.Context, log io.Writer, program string, args ...string) (*gateway, error) {
	args = append([]string{"-listen", "127.0.0.1:0", "-name", gatewayName}, args...)
	g := &gateway{cmd: exec.Command(program, args...), log: &lineCounter{}, exited: make(chan struct{})}
	stdout, in := io.Pipe()
	g.cmd.Stdout, g.cmd.Stderr = in, io.MultiWriter(g.log, log)
	tie(g.cmd)
	if err := g.start(in); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startupLimit)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = stdout.CloseWithError(ctx.Err()) })()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		g.kill()
		return nil, fmt.Errorf("%s does not listen: %w\n%s", program, err, g.log.last())
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	_, url, _ := strings.Cut(strings.TrimSpace(line), "http://")
	g.address = strings.TrimSuffix(url, "/")
	return g, nil
}

func (g *gateway) start(stdout *io.PipeWriter) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel ties a child to the thread that started it
		err := g.cmd.Start()
		started <- err
		if err == nil {
			_ = g.cmd.Wait() // the exit status says no more than the log
			_ = stdout.Close()
			close(g.exited)
		}
	}()
	return <-started
}

func (g *gateway) pid() int { return g.cmd.Process.Pid }

// stop lets the gateway end by itself, so that everything it has to log is logged.
func (g *gateway) stop() error {
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-g.exited:
	case <-time.After(shutdownLimit):
		return fmt.Errorf("the gateway still ran %v after SIGTERM", shutdownLimit)
	}
	if code := g.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("the gateway ended with exit status %d:\n%s", code, g.log.last())
	}
	return nil
}

func (g *gateway) kill() {
	_ = g.cmd.Process.Kill()
	<-g.exited
}
