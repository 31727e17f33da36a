package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// A sample is the state of a process at one time.
type sample struct {
	at       time.Duration // since the storm began
	resident int64         // bytes of memory
	peak     int64         // the most that it ever was
	files    int           // open file descriptors
	cpu      time.Duration // used so far
}

// takeSample reads the state of a process.
func takeSample(pid int) (sample, error) {
	status, err := os.ReadFile(procPath(pid, "status"))
	if err != nil {
		return sample{}, err
	}
	files, err := os.ReadDir(procPath(pid, "fd"))
	s := sample{resident: kilobytes(status, "VmRSS:"), peak: kilobytes(status, "VmHWM:"), files: len(files), cpu: cpuTime(pid)}
	if err == nil && s.resident == 0 { // it has ended, and nobody has waited for it yet
		err = errors.New("the process has no memory")
	}
	return s, err
}

func procPath(pid int, name string) string { return fmt.Sprintf("/proc/%d/%s", pid, name) }

// kilobytes reads a line such as "VmRSS:   12345 kB" of /proc/PID/status, in bytes.
func kilobytes(status []byte, name string) int64 {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name))
	fields := bytes.Fields(rest[:max(0, bytes.IndexByte(rest, '\n'))])
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return n << 10
}

// clockTick is the unit of times in /proc/PID/stat: 1/100 s on every Linux that Go knows.
const clockTick = time.Second / 100

// cpuTime is the processor time that a process has used; 0 when it is gone.
func cpuTime(pid int) time.Duration {
	stat, _ := os.ReadFile(procPath(pid, "stat"))
	// The second field is a name in parentheses, which may hold spaces.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(string(fields[11]), 10, 64)
	system, _ := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * clockTick
}

// sampleEachSecond samples until ctx has ended, a last time then, and delivers all.
func sampleEachSecond(ctx context.Context, pid int) <-chan []sample {
	result := make(chan []sample, 1)
	started := time.Now()
	go func() {
		var all []sample
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			if s, err := takeSample(pid); err == nil {
				s.at = time.Since(started)
				all = append(all, s)
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				result <- all
				return
			}
		}
	}()
	return result
}

// settled waits, not for ever, until the process has no more files open than before
// the storm, and returns its last state.
func settled(ctx context.Context, pid, files int) (sample, error) {
	const interval, attempts = 100 * time.Millisecond, 30
	for range attempts {
		if s, err := takeSample(pid); err != nil || s.files <= files {
			return s, err
		}
		pause(ctx, interval)
	}
	return takeSample(pid)
}
