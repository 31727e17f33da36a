package main

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// A flapping is the listener of an upstream that is up and down in turn. Going down it
// resets all its connections; while it is down, each new one.
type flapping struct {
	net.Listener
	stop func()

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]struct{}
}

func newFlapping(listener net.Listener) *flapping {
	done := make(chan struct{})
	f := &flapping{Listener: listener, conns: map[net.Conn]struct{}{}, stop: sync.OnceFunc(func() { close(done) })}
	go func() {
		ticker := time.NewTicker(flapEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				f.flip()
			case <-done:
				return
			}
		}
	}()
	return f
}

func (f *flapping) flip() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = !f.down
	if f.down {
		for conn := range f.conns {
			reset(conn)
		}
		clear(f.conns)
	}
}

// Accept returns the next connection that is made while the upstream is up.
func (f *flapping) Accept() (net.Conn, error) {
	for {
		conn, err := f.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if f.take(conn) {
			return conn, nil
		}
		reset(conn)
	}
}

func (f *flapping) take(conn net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.down {
		f.conns[conn] = struct{}{}
	}
	return !f.down
}

// watch forgets connections that have ended.
func (f *flapping) watch(conn net.Conn, state http.ConnState) {
	if state == http.StateClosed {
		f.mu.Lock()
		delete(f.conns, conn)
		f.mu.Unlock()
	}
}
