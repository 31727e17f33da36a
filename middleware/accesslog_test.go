package middleware_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestAccessLogCountsRight tells what the line says of answers that a logger easily gets
// wrong. No Recover is there: what panics goes on.
func TestAccessLogCountsRight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		method  string
		handler http.HandlerFunc
		ends    string // the line, from the status on
	}{
		{"an interim status is not the status", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(103)
			w.WriteHeader(404)
		}, `404 0`},
		{"nothing written is a 200", "GET", func(http.ResponseWriter, *http.Request) {}, `200 0`},
		{"a second status is not the status", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			w.WriteHeader(500)
		}, `201 0`},
		{"bytes that are copied count", "GET", func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, strings.NewReader(strings.Repeat("x", 100_000)))
		}, `200 100000`},
		{"a body that HEAD does not get does not count", "HEAD", text(200, "body"), `200 0`},
		{"a body that 304 may not have does not count", "GET", text(304, "body"), `304 0`},
		{"a connection that is handed over", "GET", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
				conn.Close()
			}
		}, `101 0`},
		{"a panic before the start", "GET", func(http.ResponseWriter, *http.Request) { panic("host") }, `500 0`},
		{"a panic after a status that was held back", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(503)
			panic("host")
		}, `500 0`},
		{"a panic after the start", "GET", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "begun")
			panic("host")
		}, `200 5`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines := make(lineLog, 2)
			mw := newMiddleware(t, middleware.Config{})
			s := serve(t, mw.AccessLog(lines, mw.Wrap(c.handler)))
			send(t, c.method, s.URL, "", "User-Agent: ")
			if line, want := <-lines, `HTTP/1.1" `+c.ends+` "-" "-" - - - -`+"\n"; !strings.HasSuffix(line, want) {
				t.Errorf("line %q, want %q", line, want)
			}
			if s.Close(); len(lines) > 0 {
				t.Errorf("a further line: %q", <-lines)
			}
		})
	}
}

// A lineLog takes the lines of an access log.
type lineLog chan string

func (l lineLog) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

func TestAccessLogLinesCannotBeForged(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	mw := newMiddleware(t, middleware.Config{})
	s := serve(t, mw.AccessLog(&log, mw.Wrap(text(200, "ok"))))
	raw(t, s.URL, "GET /\x22%0a HTTP/1.1\r\nHost: x\r\nUser-Agent: a\" 200 1 \"\\\xff\r\nConnection: close\r\n\r\n")
	s.Close()
	line := log.buf.String()
	if strings.Count(line, "\n") != 1 || strings.Contains(line, "\xff") || !strings.Contains(line, `"a\" 200 1 \"\\\xff"`) {
		t.Errorf("line %q", line)
	}
}

func TestRecoverNamesThePanicToTheOperatorOnly(t *testing.T) {
	t.Parallel()
	report, reported := incidents()
	mw := newMiddleware(t, middleware.Config{OnFailure: report})
	got := get(t, serve(t, mw.Recover(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") }))).URL, "Accept: text/html")
	i := <-reported
	if got.status != 500 || strings.Contains(got.body, "secret") || !strings.Contains(i.Err.Error(), "secret detail") || i.Type != diagnosis.ProxyInternalError {
		t.Errorf("status %d, incident %+v", got.status, i)
	}
}
