package middleware_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// patience is how long a test waits for what must come at all.
const patience = 10 * time.Second

// A line is a bare connection to a gateway.
type line struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func dialLine(t *testing.T, address string) line {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return line{t, conn, bufio.NewReader(conn)}
}

func (l line) send(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l, text); err != nil {
		l.t.Fatal(err)
	}
}

// receive reads one answer whole.
func (l line) receive() reply {
	l.t.Helper()
	got := readWhole(http.ReadResponse(l.in, nil))
	if got.err != nil {
		l.t.Fatal(got.err)
	}
	return got
}

// closed reports that the gateway closed the connection.
func (l line) closed() bool {
	_, err := l.in.ReadByte()
	netErr, ok := err.(net.Error) // straight from the socket
	return err != nil && !(ok && netErr.Timeout())
}

func upload(fields ...string) string {
	return "POST /cart HTTP/1.1\r\nHost: shop.example.com\r\nAccept: text/html\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
}

// next waits for the incident: without bounds on the patience with visitors there is none.
func next(t *testing.T, reported <-chan *middleware.Incident) *middleware.Incident {
	t.Helper()
	select {
	case i := <-reported:
		return i
	case <-time.After(patience):
		t.Fatal("no incident was reported")
		return nil
	}
}

// TestTheAnswerDoesNotWaitForTheUpload: a handler around the proxy that is done with the body
// before the visitor is.
func TestTheAnswerDoesNotWaitForTheUpload(t *testing.T) {
	t.Parallel()
	for name, done := range map[string]func(*http.Request){
		"closed":  func(r *http.Request) { r.Body.Close() },
		"drained": func(r *http.Request) { io.Copy(io.Discard, r.Body) },
	} {
		for _, request := range []string{
			upload("Content-Length: 100000") + strings.Repeat("x", 10_000),
			upload("Transfer-Encoding: chunked") + "5\r\nhello\r\n",
			upload("Content-Length: 5", "Expect: 100-continue"),
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				mw := newMiddleware(t, middleware.Config{})
				proxy := mw.Proxy(proxyTo(t, deadUpstream))
				l := dialLine(t, serve(t, mw.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer done(r)
					proxy.ServeHTTP(w, r)
				}))).URL)
				l.send(request)
				if got := l.receive(); got.status != 502 || !strings.HasPrefix(got.body, page) {
					t.Errorf("status %d, body %.40q", got.status, got.body)
				}
			})
		}
	}
}

// TestAStalledUploadGetsItsAnswer: a tenth of the body came, and no more ever will. All
// uploads begin first, so that the gateway's patience with them passes once.
func TestAStalledUploadGetsItsAnswer(t *testing.T) {
	takesLong(t)
	t.Parallel()
	part := strings.Repeat("x", 10_000)
	type stalled struct {
		name, request string
		line          line
		reported      <-chan *middleware.Incident
	}
	uploads := []stalled{
		{name: "of known length", request: upload("Content-Length: 100000") + part},
		{name: "of unknown length", request: upload("Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n", len(part), part)},
		{name: "of which nothing came", request: upload("Content-Length: 100000")},
	}
	for i := range uploads {
		u := &uploads[i]
		var report func(*http.Request, *middleware.Incident)
		report, u.reported = incidents()
		mw := newMiddleware(t, middleware.Config{OnFailure: report})
		u.line = dialLine(t, serve(t, mw.Proxy(proxyTo(t, deadUpstream))).URL)
		u.line.send(u.request)
	}
	for _, u := range uploads {
		t.Run(u.name, func(t *testing.T) {
			got := u.line.receive()
			if got.status != 502 || !strings.HasPrefix(got.body, page) || got.header.Get("Connection") != "close" {
				t.Errorf("status %d, Connection %q, body %.40q", got.status, got.header.Get("Connection"), got.body)
			}
			if i := next(t, u.reported); i.Type != diagnosis.ConnectionRefused || i.Outcome != diagnosis.NotSent {
				t.Errorf("incident %+v", i)
			}
			if !u.line.closed() {
				t.Error("the connection stays open")
			}
		})
	}
}

// TestExpectContinue: who asks before sending is told at once that it is in vain.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{})
	request := upload("Content-Length: 5", "Expect: 100-continue")
	t.Run("a dead upstream: the last word is the first", func(t *testing.T) {
		t.Parallel()
		l := dialLine(t, serve(t, mw.Proxy(proxyTo(t, deadUpstream))).URL)
		l.send(request)
		got := l.receive()
		if got.status != 502 || !strings.HasPrefix(got.body, page) || got.header.Get("Connection") != "close" {
			t.Errorf("status %d, Connection %q, body %.40q", got.status, got.header.Get("Connection"), got.body)
		}
	})
	t.Run("a working upstream: go on", func(t *testing.T) {
		t.Parallel()
		l := dialLine(t, serve(t, mw.Proxy(proxyTo(t, serve(t, echo).URL))).URL)
		l.send(request)
		if word := l.receive(); word.status != http.StatusContinue {
			t.Fatalf("status %d before the body", word.status)
		}
		l.send("hello")
		got := l.receive()
		for got.status == http.StatusContinue { // the upstream's own, which ReverseProxy passes on
			got = l.receive()
		}
		if got.status != 200 || got.body != "hello" || got.header.Get("Connection") != "" {
			t.Errorf("status %d, body %q, Connection %q", got.status, got.body, got.header.Get("Connection"))
		}
	})
}

// TestALargeUploadUnderWay: the answer must not get lost in the end of the connection.
func TestALargeUploadUnderWay(t *testing.T) {
	takesLong(t)
	t.Parallel()
	const size = 10 << 20
	s := serve(t, newMiddleware(t, middleware.Config{}).Proxy(proxyTo(t, deadUpstream)))
	whole := func(t *testing.T, got reply) {
		t.Helper()
		if got.err != nil || got.status != 502 || !strings.HasSuffix(got.body, "</html>") || got.header.Get("Connection") != "close" {
			t.Errorf("error %v, status %d, Connection %q, body …%q", got.err, got.status, got.header.Get("Connection"), got.body[max(0, len(got.body)-20):])
		}
	}
	t.Run("Go's client", func(t *testing.T) {
		t.Parallel()
		ask := client(t, s.URL, &http.Transport{DisableCompression: true})
		whole(t, ask(http.MethodPost, strings.Repeat("x", size), []string{"Accept: text/html"}))
	})
	t.Run("a client that reads while it sends", func(t *testing.T) {
		t.Parallel()
		l := dialLine(t, s.URL)
		go func() {
			_, _ = io.WriteString(l, upload(fmt.Sprint("Content-Length: ", size))+strings.Repeat("x", size))
		}()
		whole(t, l.receive())
	})
	t.Run("a client that sends all it can, then reads", func(t *testing.T) {
		t.Parallel()
		l := dialLine(t, s.URL)
		_, _ = io.WriteString(l, upload(fmt.Sprint("Content-Length: ", size))+strings.Repeat("x", size))
		whole(t, l.receive())
	})
}

// TestABodyThatWasReadKeepsTheConnection: its end is known, whatever the upstream did then.
func TestABodyThatWasReadKeepsTheConnection(t *testing.T) {
	t.Parallel()
	l := dialLine(t, serve(t, saying(spoiltHead)(t, newMiddleware(t, middleware.Config{}))).URL)
	for range 2 {
		l.send(upload("Content-Length: 7") + "order=1")
		got := l.receive()
		if got.status != 502 || !strings.HasPrefix(got.body, page) || got.header.Get("Connection") != "" {
			t.Errorf("status %d, Connection %q, body %.40q", got.status, got.header.Get("Connection"), got.body)
		}
	}
}

// TestHTTP2KeepsItsConnection: a stream ends alone, and no field speaks of connections.
// net/http takes such a field for the wish to close (GOAWAY) and hides it.
func TestHTTP2KeepsItsConnection(t *testing.T) {
	t.Parallel()
	report, reported := incidents()
	mw := newMiddleware(t, middleware.Config{OnFailure: report})
	s := serveHTTP2(t, mw.Proxy(proxyTo(t, deadUpstream)))
	transport := s.Client().Transport
	t.Cleanup(func() { transport.(*http.Transport).CloseIdleConnections() })
	for n := range 3 {
		got, reused := postForEver(t, transport, s.URL)
		if got.err != nil || got.status != 502 || !strings.HasPrefix(got.body, page) {
			t.Fatalf("error %v, status %d, body %.40q", got.err, got.status, got.body)
		}
		if got.header.Get("Connection") != "" || reused != (n > 0) {
			t.Errorf("request %d: Connection %q, on the connection of the one before: %v", n+1, got.header.Get("Connection"), reused)
		}
		next(t, reported)
	}
}

// postForEver sends a part of an upload and stops. It tells whether the connection had
// been used before.
func postForEver(t *testing.T, rt http.RoundTripper, address string) (got reply, reused bool) {
	t.Helper()
	body, rest := io.Pipe()
	defer rest.Close()
	go func() { _, _ = io.WriteString(rest, strings.Repeat("x", 10_000)) }()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { reused = i.Reused }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = 100_000
	req.Header.Set("Accept", "text/html")
	got = readWhole(rt.RoundTrip(req))
	return got, reused
}
