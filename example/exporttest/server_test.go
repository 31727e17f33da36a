package exporttest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is one program that the snippets are for.
type server struct {
	name     string
	binaries []string // names it goes by
	config   func(c setting) string
	command  func(binary, config, work string) []string
	cases    []exchange // beside those that all servers have
	dead     int        // its status for an upstream where nothing listens
	silent   int        // its status for one that does not answer
	direct   bool       // its pages have an address of their own, as ErrorDocument wants
}

// A setting is what a configuration is written from.
type setting struct {
	address string
	work    string // for its files; it can be written
	up      upstreams
}

func (c setting) port() string {
	_, port, _ := net.SplitHostPort(c.address)
	return port
}

// find returns the path of the server's program. A missing one is skipped, or a failure
// where all are required.
func (s server) find(t *testing.T) string {
	t.Helper()
	for _, name := range s.binaries {
		for _, name := range []string{name, "/usr/sbin/" + name} { // not everybody's PATH has it
			if path, err := exec.LookPath(name); err == nil {
				return path
			}
		}
	}
	if os.Getenv("REQUIRE_SERVERS") == "1" {
		t.Fatalf("%s is not installed (looked for %q), and REQUIRE_SERVERS=1 wants it tested", s.name, s.binaries)
	}
	t.Skipf("%s is not installed", s.name)
	return ""
}

// start runs the server with a configuration and returns its address. Ports can be taken
// by others between looking for one and using it, so it has three tries.
func (s server) start(t *testing.T, config func(setting) string, up upstreams) string {
	t.Helper()
	binary := s.find(t)
	var err error
	for range 3 {
		var address string
		if address, err = s.try(t, binary, config, up); err == nil {
			return address
		}
	}
	t.Fatal(err)
	return ""
}

func (s server) try(t *testing.T, binary string, config func(setting) string, up upstreams) (string, error) {
	work, err := os.MkdirTemp(filepath.Dir(exported), s.name)
	if err != nil {
		return "", err
	}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := probe.Addr().String()
	probe.Close()
	file := filepath.Join(work, "config")
	if err := os.WriteFile(file, []byte(config(setting{address, work, up})), 0o644); err != nil {
		return "", err
	}
	ctx, stop := context.WithCancel(context.Background())
	command := s.command(binary, file, work)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+work, "XDG_DATA_HOME="+work, "XDG_CONFIG_HOME="+work)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var output lockedBuffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		stop()
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := answers(address, ended); err != nil {
		stop()
		return "", fmt.Errorf("%s does not start: %w\n%s", s.name, err, &output)
	}
	t.Cleanup(func() {
		stop()
		<-ended
		if t.Failed() {
			t.Logf("%s wrote:\n%s", s.name, &output)
		}
	})
	return address, nil
}

// answers waits until somebody listens at the address, or the process has ended.
func answers(address string, ended chan error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("ended: %v", err)
		case <-deadline:
			return fmt.Errorf("does not listen at %s", address)
		case <-tick.C:
			if conn, err := net.Dial("tcp", address); err == nil {
				return conn.Close()
			}
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
