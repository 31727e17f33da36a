package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWire(t *testing.T) {
	const head = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\n"
	for _, c := range []struct {
		name, answer string
		status       int
		body         string
		closes       bool
		err          string
	}{
		{"an answer", head + "Content-Length: 4\r\n\r\nbody", 502, "body", false, ""},
		{"names in lower case", head + "content-length: 4\r\n\r\nbody", 502, "body", false, ""},
		{"no body", head + "Content-Length: 0\r\n\r\n", 502, "", false, ""},
		{"a body that looks like a head", head + "Content-Length: 8\r\n\r\nx\r\n\r\ny\r\n", 502, "x\r\n\r\ny\r\n", false, ""},
		{"a long body", head + "Content-Length: 100000\r\n\r\n" + strings.Repeat("0123456789", 10000), 502, strings.Repeat("0123456789", 10000), false, ""},
		{"the last answer", head + "Connection: close\r\nContent-Length: 4\r\n\r\nbody", 502, "body", true, ""},
		{"nothing", "", 0, "", false, "head: unexpected EOF"},
		{"half a head", head, 0, "", false, "head: unexpected EOF"},
		{"half a body", head + "Content-Length: 4\r\n\r\nbo", 0, "", false, "body: unexpected EOF"},
		{"more than the answer", head + "Content-Length: 4\r\n\r\nbody!", 0, "", false, "end: more bytes than the answer has"},
		{"no length", head + "\r\nbody", 0, "", false, "head: no Content-Length"},
		{"a length that is none", head + "Content-Length: many\r\n\r\n", 0, "", false, "head: no Content-Length"},
		{"a negative length", head + "Content-Length: -1\r\n\r\n", 0, "", false, "head: no Content-Length"},
		{"longer than any page", head + "Content-Length: 9000000\r\n\r\n" + strings.Repeat("0", 4<<20), 0, "", false, "body: longer than any page"},
		{"an endless head", head + strings.Repeat("x", 2<<20), 0, "", false, "head: longer than any page"},
		{"HTTP/1.0", "HTTP/1.0 502 Bad Gateway\r\n\r\n", 0, "", false, "head: no HTTP/1.1 answer"},
		{"another protocol", "SSH-2.0-OpenSSH\r\n\r\n", 0, "", false, "head: no HTTP/1.1 answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{address: answerAll(t, c.answer)}
			defer w.disconnect()
			got, err := w.exchange(comparedRequest(w.address, "identity"))
			wantError(t, err, c.err)
			if err == nil && (got.status != c.status || string(got.body) != c.body || got.closes != c.closes) {
				t.Errorf("status %d, %d bytes, closes %t", got.status, len(got.body), got.closes)
			}
		})
	}
}

// TestWireEnd: after its last answer a server ends the connection and sends nothing more.
func TestWireEnd(t *testing.T) {
	for _, c := range []struct {
		name               string
		closes, reconnects bool
		send               string
		end                bool // of the connection
		err                string
		gone               bool
	}{
		{"a connection that goes on is not waited for", false, false, "", false, "", false},
		{"the answer says that it was the last", true, false, "", true, "", true},
		{"the request said that it was the last", false, true, "", true, "", true},
		{"more after the last answer", false, true, "x", true, "end: more bytes than the answer has", true},
		{"no end after the last answer", true, false, "", false, "end: nothing came for 30s", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			near, far := net.Pipe()
			w := &wire{reconnects: c.reconnects, conn: near}
			defer w.disconnect()
			defer far.Close()
			go func() {
				if c.send != "" {
					_, _ = io.WriteString(far, c.send)
				}
				if c.end {
					_ = far.Close()
				}
			}()
			if strings.Contains(c.err, "nothing came") {
				_ = near.SetDeadline(time.Now())
			}
			wantError(t, w.end(&answer{closes: c.closes}), c.err)
			if (w.conn == nil) != c.gone {
				t.Errorf("gone: %t", w.conn == nil)
			}
		})
	}
}

func TestNobodyThereIsAConnectionError(t *testing.T) {
	dead, err := startDead()
	if err != nil {
		t.Fatal(err)
	}
	defer dead.stop()
	wantError(t, (&wire{address: dead.address}).send(nil), "connect: connection refused")
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil && want != "" || err != nil && err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

// answerAll answers each request with the bytes and ends the connection.
func answerAll(t *testing.T, answer string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
