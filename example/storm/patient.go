package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// A patient is an upstream that dies and comes back: while it is dead nothing listens on
// its port. It counts the requests that reach it.
type patient struct {
	address  string
	listener net.Listener
	server   *http.Server
	line     atomic.Pointer[timeline]
}

func newPatient() (*patient, error) {
	address, err := freePort()
	return &patient{address: address}, err
}

// revive makes it listen. The port may not be free at once: connections to it may just end.
func (p *patient) revive(ctx context.Context) error {
	const attempts, interval = 50, 10 * time.Millisecond
	var errs error
	for range attempts {
		listener, err := net.Listen("tcp", p.address)
		if err == nil {
			p.listener = listener
			p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ErrorLog: log.New(io.Discard, "", 0)}
			go func(s *http.Server) { _ = s.Serve(listener) }(p.server)
			return nil
		}
		errs = err
		pause(ctx, interval)
	}
	return errors.Join(errors.New("the upstream cannot come back"), errs)
}

// die closes its port and all its connections. A server that was told to serve only now may
// not know its listener yet.
func (p *patient) die() {
	if p.server != nil {
		_ = p.listener.Close()
		_ = p.server.Close()
		p.server = nil
	}
}

func (p *patient) serve(w http.ResponseWriter, r *http.Request) {
	p.line.Load().at(time.Now()).reached.Add(1)
	serveFine(w, r)
}
