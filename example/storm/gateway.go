package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
)

// gatewayName makes the gateway send Proxy-Status, which names the error.
const gatewayName = "storm"

// gatewayProgram returns the program that was named, or builds it in dir.
func (o options) gatewayProgram(ctx context.Context, dir string) (string, error) {
	if o.gateway != "" {
		return o.gateway, nil
	}
	path := filepath.Join(dir, "example")
	return path, buildGateway(ctx, path)
}

// buildGateway builds the example program of the directory above.
func buildGateway(ctx context.Context, path string, flags ...string) error {
	build := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", path}, flags...), ".")...)
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the gateway: %w\n%s", err, out)
	}
	return nil
}

// startGateway starts the program and waits until it accepts. What it logs is counted,
// and goes to log.
func startGateway(ctx context.Context, log io.Writer, program string, args ...string) (*process, error) {
	p := newProcess(log, nil, nil, gatewayCommand(program, args))
	return p, startListening(ctx, p)
}

func gatewayCommand(program string, args []string) []string {
	return append([]string{program, "-listen", "127.0.0.1:0", "-name", gatewayName}, args...)
}
