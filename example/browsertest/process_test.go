package browsertest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// A process is a program that was started together with whatever it starts itself. It
// ends with stop, and where the system can do that, also when the tests are killed.
type process struct {
	cmd    *exec.Cmd
	lines  *lines
	exited chan struct{}
}

// startProcess starts cmd. Its output is searched for a line that begins with prefix.
func startProcess(cmd *exec.Cmd, prefix string) (*process, error) {
	p := &process{cmd: cmd, exited: make(chan struct{})}
	p.lines = &lines{prefix: prefix, found: make(chan string, 1)}
	cmd.Stdout, cmd.Stderr = p.lines, p.lines
	cmd.WaitDelay = 2 * time.Second // for grandchildren that hold the output open
	tie(cmd)
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel ties a child to the thread that started it
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how a killed program ends is of no interest
			close(p.exited)
		}
	}()
	return p, <-started
}

// await returns what follows the prefix in the line that was waited for.
func (p *process) await(ctx context.Context) (string, error) {
	select {
	case rest := <-p.lines.found:
		return rest, nil
	case <-p.exited:
		return "", fmt.Errorf("%s ended too early:\n%s", p.cmd.Path, p.lines)
	case <-ctx.Done():
		return "", fmt.Errorf("%s did not say %q: %w:\n%s", p.cmd.Path, p.lines.prefix, ctx.Err(), p.lines)
	}
}

// stop asks the process to end, and kills what is left of it.
func (p *process) stop() error {
	terminate(p.cmd)
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
	}
	kill(p.cmd)
	select {
	case <-p.exited:
		return nil
	case <-time.After(5 * time.Second):
		return fmt.Errorf("%s cannot be killed", p.cmd.Path)
	}
}

// lines is the output of a program, of which it finds one line.
type lines struct {
	prefix string
	found  chan string // gets the rest of that line

	mu   sync.Mutex
	all  bytes.Buffer
	done bool
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return len(p), nil // nobody wants to know any more
	}
	l.all.Write(p)
	text := l.all.String()
	for line := range strings.Lines(text[:strings.LastIndexByte(text, '\n')+1]) {
		if rest, ok := strings.CutPrefix(line, l.prefix); ok && !l.done {
			l.done = true
			l.found <- strings.TrimSpace(rest)
		}
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
