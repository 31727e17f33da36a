package main

import (
	"hash/crc32"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
)

const (
	streamSize = 5 << 20
	cutSize    = 1 << 20   // as announced
	cutAfter   = 300 << 10 // far more than a gateway holds back
)

// pattern is what bodies are made of; its length is odd, so that a lost buffer shows.
var pattern = []byte(strings.Repeat("All of it must come, and in this order. ", 819) + "+")

// patterned returns a body of the given size.
func patterned(size int64) io.Reader { return io.LimitReader(&patternReader{}, size) }

type patternReader struct{ at int }

func (r *patternReader) Read(p []byte) (int, error) {
	n := copy(p, pattern[r.at:])
	r.at = (r.at + n) % len(pattern)
	return n, nil
}

// checksum returns the checksum of a body of the given size.
func checksum(size int64) uint32 {
	sum := crc32.NewIEEE()
	_, _ = io.Copy(sum, patterned(size))
	return sum.Sum32()
}

// startSoakUpstream starts the upstream that fails in all ways but being dead.
func startSoakUpstream() (*upstream, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for path, serve := range map[string]http.HandlerFunc{
		"/fine": serveFine, "/slow": serveSlow, "/late": serveLate, "/garbage": serveGarbage, "/cut": serveCut,
		"/cut-late": serveCutLate, "/empty": serveEmpty, "/stream": serveStream, "/echo": serveEcho,
	} {
		mux.HandleFunc(path, serve)
	}
	server := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }()
	return &upstream{listener.Addr().String(), func() { _ = server.Close() }}, nil
}

// serveEmpty is what a server says that is out of order and has no words.
func serveEmpty(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }

// serveStream sends a body whose length is not known before.
func serveStream(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	_ = http.NewResponseController(w).Flush()
	_, _ = io.Copy(w, patterned(streamSize))
}

// serveCutLate breaks off when visitors have had a part already.
func serveCutLate(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(cutSize))
	_, _ = io.Copy(w, patterned(cutAfter))
	panic(http.ErrAbortHandler)
}

// serveEcho tells how much came and its checksum.
func serveEcho(w http.ResponseWriter, r *http.Request) {
	sum := crc32.NewIEEE()
	n, err := io.Copy(sum, r.Body)
	if err != nil {
		return // the visitor has left
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, echoOf(n, sum.Sum32()))
}

func echoOf(size int64, sum uint32) string {
	return strconv.FormatInt(size, 10) + " " + strconv.FormatUint(uint64(sum), 16)
}
