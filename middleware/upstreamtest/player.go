package upstreamtest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
)

// answer reads the request, says text and closes the connection.
func answer(text string) player {
	return func(_ context.Context, c *conn) {
		if c.request() != nil {
			return
		}
		c.say(text)
		c.finish()
	}
}

// silence reads on and never says anything.
func silence(_ context.Context, c *conn) { _, _ = io.Copy(io.Discard, c) }

// silenceAfter reads the request, says text and then nothing more.
func silenceAfter(text string) player {
	return func(ctx context.Context, c *conn) {
		if c.request() != nil {
			return
		}
		c.say(text)
		silence(ctx, c)
	}
}

// resetAfter reads the request, says text and resets the connection.
func resetAfter(text string) player {
	return func(ctx context.Context, c *conn) {
		if c.request() != nil {
			return
		}
		c.say(text)
		resets(ctx, c)
	}
}

// closes ends a connection in good order.
func closes(_ context.Context, c *conn) { c.finish() }

// resets lets first arrive what is on its way, in both directions: whether a reset is met
// while writing or while reading would be chance.
func resets(ctx context.Context, c *conn) {
	sleep(ctx, pause)
	c.reset()
}

// resetsUnread takes no request, but waits until one comes: a reset before that is met by
// connect as well as by what comes after.
func resetsUnread(ctx context.Context, c *conn) {
	_, _ = c.Conn.Read(make([]byte, 1))
	resets(ctx, c)
}

// drip reads the request and sends a head that never ends, byte by byte.
func drip(ctx context.Context, c *conn) {
	if c.request() != nil {
		return
	}
	c.say("HTTP/1.1 200 OK\r\nX-Slow: ")
	for ctx.Err() == nil {
		if _, err := io.WriteString(c, "x"); err != nil {
			return
		}
		sleep(ctx, pause)
	}
}

// pour reads the request and sends a body of a gigabyte, as long as somebody takes it.
func pour(_ context.Context, c *conn) {
	if c.request() != nil {
		return
	}
	c.say("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n")
	_, _ = io.Copy(c, io.LimitReader(letters{}, 1<<30))
}

// leaveUnread reads the head of a request and nothing of the body.
func leaveUnread(ctx context.Context, c *conn) {
	_ = c.tcp().SetReadBuffer(16 << 10)
	if c.head() == nil {
		sleep(ctx, 10*Limit)
	}
}

// cutUpload reads the head of a request and closes the connection, on which more has
// come: the kernel makes that a reset.
func cutUpload(ctx context.Context, c *conn) {
	if c.head() == nil {
		resets(ctx, c)
	}
}

// flood reads the request, sends many interim answers and never a final one.
func flood(ctx context.Context, c *conn) {
	const many = 100 // far below what a transport takes
	silenceAfter(strings.Repeat(earlyHints, many))(ctx, c)
}

// warming marks a request of our own.
const warming = "Upstreamtest-Warming"

// keep answers requests of our own, so that a transport has a connection to keep, and
// lets any other end the connection.
func keep(end player) func(*Upstream) error {
	return with(warm, serve("http", func(ctx context.Context, c *conn) {
		for r := bufio.NewReader(c); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			if req.Header.Get(warming) == "" {
				end(ctx, c)
				return
			}
			c.forget()
			c.say("HTTP/1.1 204 No Content\r\n\r\n")
		}
	}))
}

// warm sends the first request, so that the transport keeps a connection.
func warm(u *Upstream, t *http.Transport) {
	if res := u.ask(t); res != nil {
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// occupy lets the transport have one connection, and keeps it busy until Close.
func occupy(u *Upstream, t *http.Transport) {
	t.MaxConnsPerHost = 1
	u.ask(t) // it ends with the context
}

// ask sends a request of our own. It ends with u.
func (u *Upstream) ask(t *http.Transport) *http.Response {
	req, err := http.NewRequestWithContext(u.open, http.MethodGet, u.URL.String(), http.NoBody)
	if err != nil {
		return nil
	}
	req.Header.Set(warming, "1")
	res, _ := t.RoundTrip(req) // without an answer the case is none, and its test fails
	return res
}

// answerForLong answers the request that keeps its connection busy, and never ends.
func answerForLong(ctx context.Context, c *conn) {
	if c.request() != nil {
		return
	}
	c.forget()
	c.say(headOfMuch)
	silence(ctx, c)
}
