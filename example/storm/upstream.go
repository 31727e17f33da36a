package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

const (
	// responseTimeout is how long the gateway waits for an answer to begin: much longer
	// than any answer that is to arrive takes on a busy machine.
	responseTimeout = 2 * time.Second
	// slowness is how long a slow answer takes that is still in time.
	slowness = 100 * time.Millisecond
	// flapEvery is how long an upstream that flaps is up, and then down.
	flapEvery = 500 * time.Millisecond
)

// A behaviour is what an upstream does with requests for a path, and what visitors may
// get then.
type behaviour struct {
	path   string
	passed int    // status of the upstream's own answer; 0: none arrives
	ours   int    // status of the gateway's answer in its place; 0: it has no reason to give one
	error  string // as the gateway names it in that answer
	serve  http.HandlerFunc
}

var (
	refuses  = behaviour{"/refuses", 0, http.StatusBadGateway, "connection_refused", nil}
	flaps    = behaviour{"/flaps", http.StatusOK, http.StatusBadGateway, "connection_terminated", serveFine}
	fine     = behaviour{"/fine", http.StatusOK, 0, "", serveFine}
	slow     = behaviour{"/slow", http.StatusOK, 0, "", serveSlow}
	late     = behaviour{"/late", 0, http.StatusGatewayTimeout, "http_response_timeout", serveLate}
	ownError = behaviour{"/own-error", http.StatusServiceUnavailable, 0, "", serveOwnError}
	resets   = behaviour{"/resets", 0, http.StatusBadGateway, "connection_terminated", serveReset}
	garbage  = behaviour{"/garbage", 0, http.StatusBadGateway, "http_protocol_error", serveGarbage}
	cut      = behaviour{"/cut", 0, http.StatusBadGateway, "http_response_incomplete", serveCut}
)

// upstreams are the kinds of upstream. Their behaviours are asked for in turn.
var upstreams = map[string][]behaviour{
	"dead":     {refuses},
	"flapping": {flaps},
	"mixed":    {fine, resets, fine, garbage, fine, cut, fine, ownError, fine, late},
	"slow":     {slow, slow, slow, slow, slow, slow, slow, slow, slow, late},
}

// An upstream is what the gateway stands in front of.
type upstream struct {
	address string // host:port
	stop    func()
}

func startUpstream(kind string) (*upstream, error) {
	if kind == "dead" {
		return startDead()
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	known := map[string]bool{}
	for _, b := range upstreams[kind] {
		if !known[b.path] {
			known[b.path] = true
			mux.HandleFunc(b.path, b.serve)
		}
	}
	server := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	up := &upstream{address: listener.Addr().String(), stop: func() { _ = server.Close() }}
	if kind == "flapping" {
		f := newFlapping(listener)
		server.ConnState = f.watch
		up.stop = func() { f.stop(); _ = server.Close() }
		listener = f
	}
	go func() { _ = server.Serve(listener) }()
	return up, nil
}

// startDead takes a port on which nobody listens and nobody can: the near end of a
// connection. A port that was listened on and given up could be given to somebody else.
func startDead() (*upstream, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	near := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}
	conn, err := near.Dial("tcp", listener.Addr().String())
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	return &upstream{
		address: conn.LocalAddr().String(),
		stop:    func() { _ = conn.Close(); _ = listener.Close() },
	}, nil
}
