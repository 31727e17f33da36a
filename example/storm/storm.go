package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// storm holds one storm: it starts an upstream and the gateway, loads the gateway, and
// ends both.
func storm(ctx context.Context, o options) (*result, error) {
	dir, err := os.MkdirTemp("", "storm")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program, err := o.gatewayProgram(ctx, dir)
	if err != nil {
		return nil, err
	}
	log, closeLog, err := o.openLog()
	if err != nil {
		return nil, err
	}
	defer closeLog()
	up, err := startUpstream(o.upstream)
	if err != nil {
		return nil, err
	}
	defer up.stop()
	args := []string{"-upstream", "http://" + up.address, "-response-timeout", responseTimeout.String()}
	accessLog := ""
	if o.accessLog {
		accessLog = filepath.Join(dir, "access.log")
		args = append(args, "-access-log", accessLog)
	}
	g, err := startGateway(ctx, log, program, args...)
	if err != nil {
		return nil, err
	}
	defer g.kill()
	return hold(ctx, o, g, accessLog)
}

// hold loads a gateway that runs, and ends it.
func hold(ctx context.Context, o options, g *process, accessLog string) (*result, error) {
	before, err := takeSample(g.pid())
	if err != nil {
		return nil, err
	}
	loading, cancel := context.WithTimeout(ctx, o.duration)
	defer cancel()
	go func() { // there is nothing to load any more when it has ended
		select {
		case <-g.exited:
			cancel()
		case <-loading.Done():
		}
	}()
	own, started := cpuTime(os.Getpid()), time.Now()
	sampled := sampleEachSecond(loading, g.pid())
	r := &result{options: o, tally: drive(loading, o.rate, stormVisitors(o, g.address))}
	r.took = time.Since(started)
	cancel()
	r.before, r.samples = before, <-sampled
	r.ownCPU = cpuTime(os.Getpid()) - own
	if r.after, err = settled(ctx, g.pid(), before.files); err != nil {
		return nil, fmt.Errorf("the gateway ended in the storm:\n%s", g.log.last())
	}
	if err := g.stop(); err != nil {
		return nil, err
	}
	r.logLines, r.logBytes, r.logFirst = g.log.lines(), g.log.bytes(), g.log.first()
	if accessLog != "" {
		if r.accessLines, err = countLines(accessLog); err != nil {
			return nil, err
		}
	}
	return r, nil
}
