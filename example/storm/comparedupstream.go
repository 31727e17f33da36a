package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

const (
	// comparedTimeout is how long gateways under comparison wait for an answer to begin.
	comparedTimeout = 500 * time.Millisecond
	// comparedSlowness is how long the slow upstream takes: always too long.
	comparedSlowness = 2 * time.Second
	// comparedTurn is how long the flapping upstream is up, and then down.
	comparedTurn = 2 * time.Second
)

// comparedKinds are the upstreams that -compare knows.
var comparedKinds = []string{"dead", "flapping", "slow"}

// A comparedUpstream is what contestants stand in front of.
type comparedUpstream struct {
	*upstream
	restart func(down bool) // begins a turn of an upstream that flaps
	passes  []byte          // what it sends when it works; nil: it never does
}

func startComparedUpstream(kind string) (*comparedUpstream, error) {
	nothing := func(bool) {}
	if kind == "dead" {
		up, err := startDead()
		return &comparedUpstream{up, nothing, nil}, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: http.HandlerFunc(serveFine), ErrorLog: log.New(io.Discard, "", 0)}
	up := &comparedUpstream{&upstream{listener.Addr().String(), func() { _ = server.Close() }}, nothing, []byte(fineBody)}
	if kind == "slow" {
		up.passes = nil
		server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if wait(r, comparedSlowness) {
				serveFine(w, r)
			}
		})
	} else {
		f := newFlapping(listener, comparedTurn)
		server.ConnState = f.watch
		up.stop = func() { f.stop(); _ = server.Close() }
		up.restart = f.restart
		listener = f
	}
	go func() { _ = server.Serve(listener) }()
	return up, nil
}
