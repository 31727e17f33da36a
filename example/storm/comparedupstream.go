package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

const (
	// comparedSlowness is how long the slow upstream takes: always too long for gateways
	// that wait for slowTimeout.
	comparedSlowness = 2 * time.Second
	slowTimeout      = 500 * time.Millisecond
	// comparedTurn is how long the flapping upstream is up, and then down.
	comparedTurn = 2 * time.Second
	// longTimeout is for upstreams that are not slow, and a machine that is.
	longTimeout = 20 * time.Second
)

// comparedKinds are the upstreams that -compare knows.
var comparedKinds = []string{"dead", "flapping", "slow"}

// A comparedUpstream is what contestants stand in front of.
type comparedUpstream struct {
	*upstream
	restart func(dead bool) error // begins a turn of an upstream that flaps
	passes  []byte                // what it sends when it works; nil: it never does
	timeout time.Duration         // of the gateways, until an answer begins
}

func startComparedUpstream(kind string) (*comparedUpstream, error) {
	always := func(bool) error { return nil }
	switch kind {
	case "slow":
		up, err := startTooSlow()
		return &comparedUpstream{up, always, nil, slowTimeout}, err
	case "flapping":
		t, err := startTurns(comparedTurn)
		if err != nil {
			return nil, err
		}
		return &comparedUpstream{&upstream{t.address, t.end}, t.restart, []byte(fineBody), longTimeout}, nil
	}
	up, err := startDead()
	return &comparedUpstream{up, always, nil, longTimeout}, err
}

// startTooSlow starts an upstream that accepts and answers when nobody waits any more.
func startTooSlow() (*upstream, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		if wait(r, comparedSlowness) {
			serveFine(w, r)
		}
	}
	server := &http.Server{Handler: http.HandlerFunc(handler), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }()
	return &upstream{listener.Addr().String(), func() { _ = server.Close() }}, nil
}
