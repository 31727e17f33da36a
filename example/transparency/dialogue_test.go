package transparency

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
)

// A dialogue is an exchange over HTTP/1.1 in which one side waits for the other, or that
// no other protocol has. After each step of the client's the upstream may go one on.
type dialogue struct {
	name     string
	upstream func(w http.ResponseWriter, r *http.Request, step func())
	client   func(c *client1, step func())
	want     string
	requests int
	upgraded bool
	proxy    func(*httputil.ReverseProxy)
}

const head11 = " HTTP/1.1\r\nHost: shop.example.com\r\n"

var dialogues = []dialogue{
	{
		name: "server-sent events, each only sent when the one before was seen",
		upstream: func(w http.ResponseWriter, _ *http.Request, step func()) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range 5 {
				fmt.Fprintf(w, "id: %d\ndata: event\n\n", i)
				w.(http.Flusher).Flush()
				step()
			}
		},
		client: func(c *client1, step func()) {
			c.send("GET /" + head11 + "Accept: text/event-stream\r\nConnection: close\r\n\r\n")
			c.head()
			for range 5 {
				c.lines(5) // of a chunk: its size, the event, its end
				step()
			}
			c.lines(2)
		},
		want: "id: 4",
	},
	{
		name:     "a body of unknown length whose head comes first, and that is empty",
		upstream: headFirst,
		client: func(c *client1, step func()) {
			c.send("GET /" + head11 + "Connection: close\r\n\r\n")
			c.head()
			step()
			c.lines(2)
		},
		want: "0\r\n\r\n",
	},
	{
		name: "a body of known length, flushed bit by bit with FlushInterval",
		upstream: func(w http.ResponseWriter, _ *http.Request, step func()) {
			w.Header().Set("Content-Length", "12")
			for range 3 {
				io.WriteString(w, "bit\n")
				w.(http.Flusher).Flush()
				step()
			}
		},
		client: func(c *client1, step func()) {
			c.send("GET /" + head11 + "Connection: close\r\n\r\n")
			c.head()
			for range 3 {
				c.lines(1)
				step()
			}
		},
		proxy: func(p *httputil.ReverseProxy) { p.FlushInterval = -1 },
		want:  "bit\nbit\nbit\n",
	},
	{
		name: "a long poll, answered only after the client asked for something else",
		upstream: func(w http.ResponseWriter, r *http.Request, step func()) {
			if r.URL.Path == "/poll" {
				step() // it is here
				step() // there is news
			}
			io.WriteString(w, "news for "+r.URL.Path)
		},
		client: func(c *client1, step func()) {
			c.send("GET /poll" + head11 + "Connection: close\r\n\r\n")
			step()
			other := c.another()
			other.send("GET /other" + head11 + "Connection: close\r\n\r\n")
			other.answer("GET")
			c.log.WriteString(other.end())
			step()
			c.answer("GET")
		},
		requests: 2,
		want:     "news for /poll",
	},
	{
		name:     "an upload of 1 MB after 100 Continue",
		upstream: sink,
		client: func(c *client1, _ func()) {
			c.send("PUT /" + head11 + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n")
			c.lines(2)
			c.send(pattern(1_000_000))
			c.answer("PUT")
		},
		want: "100 Continue",
	},
	{
		name:     "an upload without a length after 100 Continue",
		upstream: sink,
		client: func(c *client1, _ func()) {
			c.send("PUT /" + head11 + "Expect: 100-continue\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
			c.lines(2)
			c.send("5\r\nhello\r\n0\r\n\r\n")
			c.answer("PUT")
		},
		want: "100 Continue",
	},
	{
		name: "an upload that is refused instead of 100 Continue",
		upstream: func(w http.ResponseWriter, _ *http.Request, _ func()) {
			w.Header().Set("Connection", "close") // else net/http's transport wants the body all the same
			http.Error(w, "not so large", http.StatusRequestEntityTooLarge)
		},
		client: func(c *client1, _ func()) {
			c.send("PUT /" + head11 + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n")
			c.answer("PUT")
		},
		want: "not so large",
	},
	{
		name:     "three requests sent without waiting on a connection that is kept",
		upstream: func(w http.ResponseWriter, r *http.Request, _ func()) { io.WriteString(w, r.URL.Path) },
		client: func(c *client1, _ func()) {
			c.send("GET /1" + head11 + "\r\nHEAD /2" + head11 + "\r\nGET /3" + head11 + "Connection: close\r\n\r\n")
			for _, method := range []string{"GET", "HEAD", "GET"} {
				c.answer(method)
			}
		},
		requests: 3,
		want:     "/3",
	},
	{
		name:     "an upload, then another request on the same connection",
		upstream: sink,
		client: func(c *client1, _ func()) {
			c.send("POST /" + head11 + "Content-Length: 5\r\n\r\nhello")
			c.answer("POST")
			c.send("GET /" + head11 + "Connection: close\r\n\r\n")
			c.answer("GET")
		},
		requests: 2,
		want:     "0 bytes",
	},
	{
		name:     "a client that speaks HTTP/1.0",
		upstream: func(w http.ResponseWriter, _ *http.Request, _ func()) { io.WriteString(w, "hello") },
		client: func(c *client1, _ func()) {
			c.send("GET / HTTP/1.0\r\nHost: shop.example.com\r\n\r\n")
			c.answer("GET")
		},
		want: "HTTP/1.0 200 OK",
	},
	{
		name:     "a client that speaks HTTP/1.0 and keeps the connection",
		upstream: func(w http.ResponseWriter, _ *http.Request, _ func()) { io.WriteString(w, "hello") },
		client: func(c *client1, _ func()) {
			c.send("GET / HTTP/1.0\r\nHost: shop.example.com\r\nConnection: keep-alive\r\n\r\n")
			c.answer("GET")
			c.send("GET / HTTP/1.0\r\nHost: shop.example.com\r\n\r\n")
			c.answer("GET")
		},
		requests: 2,
		want:     "keep-alive",
	},
	{
		name: "a body of unknown length for a client that speaks HTTP/1.0",
		upstream: func(w http.ResponseWriter, _ *http.Request, step func()) {
			w.Header().Set("Content-Type", "text/plain")
			headFirst(w, nil, step)
			io.WriteString(w, "until the end")
		},
		client: func(c *client1, step func()) {
			c.send("GET / HTTP/1.0\r\nHost: shop.example.com\r\n\r\n")
			c.head()
			step()
			c.log.WriteString(c.rest())
		},
		want: "until the end",
	},
	{
		name:     "the target in absolute form",
		upstream: func(w http.ResponseWriter, r *http.Request, _ func()) { io.WriteString(w, r.RequestURI) },
		client: func(c *client1, _ func()) {
			c.send("GET http://shop.example.com:80/a?b=1" + head11 + "Connection: close\r\n\r\n")
			c.answer("GET")
		},
		want: "/a?b=1",
	},
	{
		name:     "a connection that is upgraded to a protocol of lines",
		upstream: lineProtocol,
		client: func(c *client1, _ func()) {
			c.send("GET /" + head11 + "Connection: Upgrade\r\nUpgrade: lines\r\n\r\n")
			c.answer("GET")
			c.lines(1) // comes unasked
			for _, word := range []string{"one\n", "two\n", pattern(100_000) + "\n"} {
				c.send(word)
				c.lines(1)
			}
			c.send("bye\n")
		},
		upgraded: true,
		want:     "welcome\none\ntwo\n",
	},
}

// headFirst sends the head and waits for the client to have seen it.
func headFirst(w http.ResponseWriter, _ *http.Request, step func()) {
	w.(http.Flusher).Flush()
	step()
}

// sink reads a body and tells its length.
func sink(w http.ResponseWriter, r *http.Request, _ func()) {
	n, err := io.Copy(io.Discard, r.Body)
	fmt.Fprintf(w, "%d bytes, %v", n, err)
}

// lineProtocol returns each line, until bye.
func lineProtocol(w http.ResponseWriter, _ *http.Request, _ func()) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: lines\r\nX-More: 1\r\n\r\nwelcome\n")
	for {
		line, err := rw.ReadString('\n')
		if err != nil || line == "bye\n" {
			return
		}
		io.WriteString(conn, line)
	}
}
