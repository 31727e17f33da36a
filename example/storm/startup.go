package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// startupLimit is how long a program may take until it accepts.
const startupLimit = 20 * time.Second

// startListening starts a program that prints where it listens, and waits for that line.
func startListening(ctx context.Context, p *process) error {
	stdout, in := io.Pipe()
	p.cmd.Stdout = in
	if err := p.start(func() { _ = in.Close() }); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startupLimit)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = stdout.CloseWithError(ctx.Err()) })()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		p.kill()
		return fmt.Errorf("%s does not listen: %w\n%s", p.name, err, p.log.last())
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	_, url, _ := strings.Cut(strings.TrimSpace(line), "http://")
	p.address = strings.TrimSuffix(url, "/")
	return nil
}

// startAt starts a program that was told where to listen, and waits until it accepts.
func startAt(ctx context.Context, p *process, address string) error {
	p.address, p.cmd.Stdout = address, p.cmd.Stderr
	if err := p.start(func() {}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startupLimit)
	defer cancel()
	const interval = 20 * time.Millisecond
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended:\n%s", p.name, p.log.last())
		case <-ctx.Done():
			p.kill()
			return fmt.Errorf("%s does not listen:\n%s", p.name, errors.Join(ctx.Err(), errors.New(p.log.last())))
		case <-time.After(interval):
		}
	}
}

// freePort finds a port that can be listened on. It is below those that systems choose
// for connections, so that none of ours takes it in the meantime.
func freePort() (address string, err error) {
	for port := 21000 + time.Now().Nanosecond()/1000%5000; port < 32000; port++ {
		address = fmt.Sprintf("127.0.0.1:%d", port)
		var listener net.Listener
		if listener, err = net.Listen("tcp", address); err == nil {
			return address, listener.Close()
		}
	}
	return "", err
}
