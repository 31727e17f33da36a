package transparency

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// A conversation is a stream whose sides wait for each other.
type conversation struct {
	name     string
	method   string
	upstream func(w http.ResponseWriter, r *http.Request, step func())
	client   func(t *talk, step func())
	want     string
	bothWays bool // which takes HTTP/2 before and behind the gateway
}

var conversations = []conversation{
	{
		name: "a stream both ways, line by line", method: http.MethodPost, bothWays: true,
		upstream: func(w http.ResponseWriter, r *http.Request, _ func()) {
			w.Header().Set("Content-Type", "text/plain") // else a race decides if it is guessed, see bodies
			w.Header().Set("Trailer", "X-Lines")
			w.(http.Flusher).Flush()
			n := 0
			for lines := bufio.NewScanner(r.Body); lines.Scan(); n++ {
				fmt.Fprintln(w, "heard", lines.Text())
				w.(http.Flusher).Flush()
			}
			w.Header().Set("X-Lines", fmt.Sprint(n))
		},
		client: func(c *talk, _ func()) {
			for i := range 5 {
				c.say(i)
				c.hear()
			}
			c.done()
		},
		want: "heard 4",
	},
	{
		name: "a stream both ways whose head comes after the first line", method: http.MethodPost, bothWays: true,
		upstream: func(w http.ResponseWriter, r *http.Request, _ func()) {
			lines := bufio.NewReader(r.Body)
			line, _ := lines.ReadString('\n')
			io.WriteString(w, line)
			io.Copy(w, lines)
		},
		client: func(c *talk, _ func()) {
			c.say("first")
			c.done()
			c.hear()
		},
		want: "first",
	},
	{
		name: "a stream both ways that the upstream ends first", method: http.MethodPost, bothWays: true,
		upstream: func(w http.ResponseWriter, r *http.Request, _ func()) {
			lines := bufio.NewReader(r.Body)
			line, _ := lines.ReadString('\n')
			w.Header().Set("Content-Type", "text/plain")
			w.(http.Flusher).Flush()
			io.WriteString(w, line+"goodbye\n")
		},
		client: func(c *talk, _ func()) {
			c.say("hello")
			c.hear()
			c.hear()
			c.done() // a bare ReverseProxy too ends only now: it waits for the request's end
		},
		want: "goodbye",
	},
	{
		name: "events, each only sent when the one before was seen", method: http.MethodGet,
		upstream: func(w http.ResponseWriter, _ *http.Request, step func()) {
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range 5 {
				fmt.Fprintf(w, "data: %d\n", i)
				w.(http.Flusher).Flush()
				step()
			}
		},
		client: func(c *talk, step func()) {
			for range 5 {
				c.hear()
				step()
			}
		},
		want: "data: 4",
	},
	{
		name: "a head that comes long before the body", method: http.MethodGet,
		upstream: func(w http.ResponseWriter, r *http.Request, step func()) {
			w.Header().Set("Content-Type", "text/plain")
			headFirst(w, r, step)
			io.WriteString(w, "at last\n")
		},
		client: func(c *talk, step func()) {
			c.answer()
			step()
			c.hear()
		},
		want: "at last",
	},
}

// A talk is a client's side of a conversation.
type talk struct {
	t     *testing.T
	body  *io.PipeWriter
	head  <-chan *http.Response
	res   *http.Response
	lines *bufio.Reader
	log   string
}

func newTalk(t *testing.T, g gateway, method string) *talk {
	var body io.Reader
	c := &talk{t: t}
	if method == http.MethodPost {
		body, c.body = io.Pipe()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, g.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "shop.example.com"
	transport := transportTo(t, g.protocol)
	head := make(chan *http.Response, 1)
	go func() {
		defer close(head)
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return
		}
		head <- res
	}()
	c.head = head
	return c
}

// answer waits for the head.
func (c *talk) answer() {
	if c.res != nil {
		return
	}
	if c.res = <-c.head; c.res == nil {
		c.t.FailNow()
	}
	c.res.Header.Del("Date")
	c.lines = bufio.NewReader(c.res.Body)
	c.log = fmt.Sprintln(c.res.Proto, c.res.Status, c.res.Header, c.res.ContentLength)
}

func (c *talk) say(line any) { fmt.Fprintln(c.body, line) }

func (c *talk) done() { c.body.Close() }

func (c *talk) hear() {
	c.answer()
	line, err := c.lines.ReadString('\n')
	c.log += line
	if err != nil {
		c.log += err.Error()
	}
}

func (c *talk) end() string {
	rest, err := io.ReadAll(c.lines)
	c.log += fmt.Sprintf("(then %q, %v, trailer %v)", rest, err, c.res.Trailer)
	c.res.Body.Close()
	if c.body != nil {
		c.body.Close()
	}
	return c.log
}

func TestConversationsPassUntouched(t *testing.T) {
	for _, w := range wirings {
		for _, c := range conversations {
			if c.bothWays && (w.front == http1 || w.back == http1) {
				continue
			}
			t.Run(w.name+", "+c.name, func(t *testing.T) {
				t.Parallel()
				next := make(chan struct{})
				s := newStand(t, w, stepped(c.upstream, next))
				kinds.add(c.name, w.name, "head, lines and trailers at the client, and the request at the upstream, in lock-step")
				s.compare(t, c.want, func(t *testing.T, g gateway) string {
					k := newTalk(t, g, c.method)
					c.client(k, stepping(t, next))
					return k.end()
				})
			})
		}
	}
}
