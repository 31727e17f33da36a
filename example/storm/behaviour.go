package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

var fineBody = "<!doctype html><title>Shop</title>" + strings.Repeat("<p>A paragraph.</p>", 20)

func serveFine(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, fineBody)
}

func serveSlow(w http.ResponseWriter, r *http.Request) {
	if wait(r, slowness) {
		serveFine(w, r)
	}
}

// serveLate answers, but when the gateway has long given up.
func serveLate(w http.ResponseWriter, r *http.Request) {
	if wait(r, 5*responseTimeout) {
		serveFine(w, r)
	}
}

// wait reports that the time has passed and the gateway is still there.
func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func serveOwnError(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "The shop is being tidied up.", http.StatusServiceUnavailable)
}

func serveReset(w http.ResponseWriter, _ *http.Request) { answerRaw(w, "", reset) }

func serveGarbage(w http.ResponseWriter, _ *http.Request) {
	answerRaw(w, "This is not HTTP.\r\n", closeConn)
}

// serveCut breaks off before the gateway has passed anything on.
func serveCut(w http.ResponseWriter, _ *http.Request) {
	answerRaw(w, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nThis is not all", closeConn)
}

// answerRaw sends the bytes as they are and ends the connection.
func answerRaw(w http.ResponseWriter, answer string, end func(net.Conn)) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the gateway has gone
	}
	_, _ = io.WriteString(conn, answer)
	end(conn)
}

func closeConn(conn net.Conn) { _ = conn.Close() }

// reset ends a connection with RST.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
