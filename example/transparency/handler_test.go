package transparency

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// handlers are no proxies: what they do to their ResponseWriter must work through Wrap
// as it does without. What they note with step is compared as well.
var handlers = []struct {
	name    string
	handler func(w http.ResponseWriter, r *http.Request, note func(...any))
	client  func(c *client1)
	want    string
}{
	{"ResponseController: write deadline that is met", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		note(http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)))
		io.WriteString(w, "in time")
	}, get, "in time"},
	{"ResponseController: write deadline that has passed", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		note(http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0)))
		_, err := io.WriteString(w, "too late")
		_ = http.NewResponseController(w).Flush() // see TestAccessLogHidesTheErrorOfAFlush
		note(err)
	}, get, ""},
	{"ResponseController: read deadline that has passed", func(w http.ResponseWriter, r *http.Request, note func(...any)) {
		note(http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0)))
		_, err := io.ReadAll(r.Body)
		note(errors.Is(err, os.ErrDeadlineExceeded))
		io.WriteString(w, "you were slow")
	}, func(c *client1) {
		c.send("POST /" + head11 + "Content-Length: 10\r\nConnection: close\r\n\r\nhello")
		c.answer("POST")
	}, "you were slow"},
	{"ResponseController: full duplex, line by line", func(w http.ResponseWriter, r *http.Request, note func(...any)) {
		note(http.NewResponseController(w).EnableFullDuplex())
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			fmt.Fprintln(w, "heard", lines.Text())
			note(http.NewResponseController(w).Flush())
		}
	}, func(c *client1) {
		c.send("POST /" + head11 + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
		for i := range 3 {
			c.send("4\r\nno" + fmt.Sprint(i) + "\n\r\n")
			if i == 0 {
				c.head()
			}
			c.lines(3)
		}
		c.send("0\r\n\r\n")
		c.lines(2)
	}, "heard no2"},
	{"Hijack: the connection, and what the client sent ahead", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			note(err)
			return
		}
		defer conn.Close()
		line, err := rw.ReadString('\n')
		fmt.Fprintf(rw, "HTTP/1.1 200 OK\r\nX-Mine: yes\r\nContent-Length: %d\r\n\r\n%s", len(line), line)
		note(err, rw.Flush())
		_, err = io.WriteString(w, "x")
		note(err)
	}, func(c *client1) {
		c.send("GET /" + head11 + "\r\nahead\n")
		c.answer("GET")
	}, "ahead"},
	{"Hijacker by type assertion", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		conn, _, err := w.(http.Hijacker).Hijack()
		note(err)
		io.WriteString(conn, "HTTP/1.0 200 OK\r\n\r\nmine")
		conn.Close()
	}, get, "mine"},
	{"Flusher: nothing is sent twice, and a length is not counted", func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
		io.WriteString(w, "one")
		w.(http.Flusher).Flush()
		w.(http.Flusher).Flush()
		io.WriteString(w, "two")
	}, get, "onetwo"},
	{"no Flush: a length is counted", func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
		io.WriteString(w, "one")
		io.WriteString(w, "two")
	}, get, "Content-Length: 6"},
	{"ReaderFrom: a source that fails at once leaves room for an error", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		if _, err := io.Copy(w, struct{ io.Reader }{iotest.ErrReader(errors.New("no source"))}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}, get, "500 Internal"},
	{"ReaderFrom: an empty source, then a header field", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		note(io.Copy(w, struct{ io.Reader }{strings.NewReader("")}))
		w.Header().Set("X-Later", "1")
	}, get, "X-Later"},
	{"ReaderFrom: a few bytes", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		note(io.Copy(w, strings.NewReader("copied")))
	}, get, "Content-Length: 6"},
	{"ReaderFrom: 600 bytes", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		note(io.Copy(w, struct{ io.Reader }{strings.NewReader(pattern(600))}))
	}, get, "600 bytes"},
	{"ReaderFrom: 100 KB of known length", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		w.Header().Set("Content-Length", "100000")
		note(io.Copy(w, struct{ io.Reader }{strings.NewReader(pattern(100_000))}))
	}, get, "100000 bytes"},
	{"ReaderFrom: of known length, each piece sent when the one before was seen", func(w http.ResponseWriter, r *http.Request, note func(...any)) {
		note(http.NewResponseController(w).EnableFullDuplex())
		w.Header().Set("Content-Length", "1800")
		note(io.Copy(w, struct{ io.Reader }{r.Body}))
	}, func(c *client1) {
		c.send("POST /" + head11 + "Content-Length: 1800\r\nConnection: close\r\n\r\n")
		piece := strings.Repeat("x", 599) + "\n"
		c.send(piece)
		c.head()
		for range 2 {
			c.lines(1)
			c.send(piece)
		}
		c.lines(1)
	}, "xxx\n"},
	{"ReaderFrom: behind bytes that were written", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		io.WriteString(w, "first ")
		note(w.(io.ReaderFrom).ReadFrom(strings.NewReader("second")))
	}, get, "first second"},
	{"ServeContent, a range", func(w http.ResponseWriter, r *http.Request, _ func(...any)) {
		http.ServeContent(w, r, "a.txt", time.Unix(1700000000, 0), strings.NewReader(pattern(5000)))
	}, func(c *client1) {
		c.send("GET /" + head11 + "Range: bytes=1000-3999\r\nConnection: close\r\n\r\n")
		c.answer("GET")
	}, "bytes 1000-3999/5000"},
	{"the type is guessed from what is written first", func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
		io.WriteString(w, "<!doctype ")
		io.WriteString(w, "html>")
	}, get, "text/html"},
	{"early hints, then an answer with the same fields", func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("X-Later", "1")
		w.WriteHeader(http.StatusCreated)
	}, get, "103 Early Hints"},
	{"a 503 of its own, written in bits, with trailers", func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "")
		io.WriteString(w, "bit by ")
		io.WriteString(w, "bit")
		w.Header().Set("X-Sum", "1")
		w.Header().Set(http.TrailerPrefix+"X-Late", "2")
	}, get, "X-Late: 2"},
	{"errors of Write: no body allowed, more than was declared", func(w http.ResponseWriter, r *http.Request, note func(...any)) {
		w.Header().Set("Content-Length", "2")
		note(io.WriteString(w, "ok"))
		note(io.WriteString(w, "more"))
	}, get, "ok"},
	{"errors of Write: a 304 has no body", func(w http.ResponseWriter, r *http.Request, note func(...any)) {
		w.WriteHeader(http.StatusNotModified)
		note(io.WriteString(w, "body"))
	}, get, "304"},
	{"HEAD of a handler that writes a body", func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
		note(io.WriteString(w, "hello"))
	}, func(c *client1) {
		c.send("HEAD /" + head11 + "Connection: close\r\n\r\n")
		c.answer("HEAD")
	}, "Content-Length: 5"},
	{"trailers of the request, announced", noteTrailers, func(c *client1) {
		c.send("POST /" + head11 + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n")
		c.answer("POST")
	}, "X-Sum:[42]"},
	{"trailers of the request, not announced", noteTrailers, func(c *client1) {
		c.send("POST /" + head11 + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n")
		c.answer("POST")
	}, "X-Sum:[42]"},
	{"a form with a file, whose temporary file is removed afterwards", readForm, sendForm, "x.txt"},
	{"the request's context ends when the client leaves", func(w http.ResponseWriter, r *http.Request, note func(...any)) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		note(r.Context().Err())
	}, func(c *client1) {
		c.send("GET /" + head11 + "\r\n")
		c.head()
		c.conn.Close()
	}, "200 OK"},
}

func get(c *client1) {
	c.send("GET /" + head11 + "Connection: close\r\n\r\n")
	c.answer("GET")
}

func noteTrailers(w http.ResponseWriter, r *http.Request, _ func(...any)) {
	_, err := io.ReadAll(r.Body)
	fmt.Fprint(w, err, r.Trailer)
}

func TestHandlersWorkThroughWrap(t *testing.T) {
	for _, h := range handlers {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			kinds.add("through Wrap: "+h.name, "h1", "every byte at the client, and what the handler's calls returned")
			noted := make(chan string, 1)
			s := &stand{seen: func(*testing.T) string { return <-noted }}
			s.front(t, http1, clocks, func() http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					var notes strings.Builder
					h.handler(w, r, func(what ...any) { fmt.Fprintln(&notes, what...) })
					noted <- notes.String()
				})
			})
			s.compare(t, h.want, func(t *testing.T, g gateway) string {
				c := dial(t, g)
				h.client(c)
				return c.end()
			})
		})
	}
}
