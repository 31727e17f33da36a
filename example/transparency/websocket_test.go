package transparency

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// A socket is the client's side of a WebSocket, and what it saw.
type socket struct {
	*websocket.Conn
	ctx context.Context
	log string
}

var sockets = []struct {
	name    string
	options websocket.DialOptions
	client  func(s *socket)
	want    string
}{
	{name: "WebSocket: text", client: func(s *socket) {
		for _, word := range []string{"one", "", "naïve"} {
			s.say(websocket.MessageText, word)
			s.hear()
		}
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "naïve"},
	{name: "WebSocket: binary", client: func(s *socket) {
		s.say(websocket.MessageBinary, "\x00\xff\xfe")
		s.hear()
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "\x00\xff\xfe"},
	{name: "WebSocket: 1 MB", client: func(s *socket) {
		s.SetReadLimit(-1)
		s.say(websocket.MessageText, "large")
		s.hear()
		s.say(websocket.MessageBinary, pattern(1_000_000))
		s.hear()
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "1000000 bytes"},
	{name: "WebSocket: compressed", options: websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover}, client: func(s *socket) {
		for range 3 {
			s.say(websocket.MessageText, pattern(4000))
			s.hear()
		}
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "permessage-deflate"},
	{name: "WebSocket: subprotocol", options: websocket.DialOptions{Subprotocols: []string{"other", "chat.v2"}}, client: func(s *socket) {
		s.log += "speaks " + s.Subprotocol()
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "speaks chat.v2"},
	{name: "WebSocket: ping from the client", client: func(s *socket) {
		reading := s.CloseRead(s.ctx) // pongs are only seen by a reader
		for range 3 {
			s.log += fmt.Sprintln("pong", s.Ping(s.ctx))
		}
		s.Conn.Write(s.ctx, websocket.MessageText, []byte("close 4001"))
		<-reading.Done()
		s.log += "closed"
	}, want: "pong <nil>"},
	{name: "WebSocket: ping from the server", client: func(s *socket) {
		s.say(websocket.MessageText, "ping")
		s.hear()
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "pong <nil>"},
	{name: "WebSocket: closed by the client with a code and a reason", client: func(s *socket) {
		s.bye(4000, "enough")
	}, want: "closed"},
	{name: "WebSocket: closed by the server with a code and a reason", client: func(s *socket) {
		s.say(websocket.MessageText, "close 4001")
		s.hear()
	}, want: "StatusCode(4001)"},
	{name: "WebSocket: closed by the server for a message that is too large", client: func(s *socket) {
		s.say(websocket.MessageText, pattern(5001))
		s.hear()
	}, want: "StatusMessageTooBig"},
	{name: "WebSocket: silent for three times the limit", client: func(s *socket) {
		s.say(websocket.MessageText, "before")
		s.hear()
		s.say(websocket.MessageText, "silence")
		s.hear()
		s.say(websocket.MessageText, "after")
		s.hear()
		s.bye(websocket.StatusNormalClosure, "")
	}, want: "after"},
}

func (s *socket) say(kind websocket.MessageType, text string) {
	if err := s.Write(s.ctx, kind, []byte(text)); err != nil {
		s.log += "(the message could not be sent)"
	}
}

func (s *socket) hear() {
	kind, data, err := s.Read(s.ctx)
	s.log += fmt.Sprintln(kind, content(data), err)
}

func (s *socket) bye(code websocket.StatusCode, reason string) {
	s.log += fmt.Sprintln("closed", s.Close(code, reason))
}

// listener echoes, and does as it is told. It returns how the client closed.
func listener(closed chan<- string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{
			Subprotocols: []string{"chat.v1", "chat.v2"}, CompressionMode: websocket.CompressionContextTakeover,
		})
		if err != nil {
			closed <- err.Error()
			return
		}
		defer c.CloseNow()
		c.SetReadLimit(5000)
		for {
			kind, data, err := c.Read(r.Context())
			if err != nil {
				closed <- err.Error()
				return
			}
			switch text := string(data); text {
			case "close 4001":
				c.Close(4001, "because")
				closed <- "closed"
				return
			case "large":
				c.SetReadLimit(-1)
			case "ping":
				go ping(r.Context(), c) // the pong is for the reader here
				continue
			case "silence":
				wait(r.Context(), 3*stallLimit)
			}
			c.Write(r.Context(), kind, data) // what the client heard is compared
		}
	})
}

// ping pings the client and tells it how that went.
func ping(ctx context.Context, c *websocket.Conn) {
	err := c.Ping(ctx)
	c.Write(ctx, websocket.MessageText, fmt.Append(nil, "pong ", err))
}

func TestWebSocketsPassUntouched(t *testing.T) {
	for _, c := range sockets {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			closed := make(chan string, 1)
			config := clocks
			config.ResponseTimeout, config.StallTimeout = stallLimit, stallLimit
			s := newStand(t, wiring{upgraded: true, config: &config}, listener(closed))
			kinds.add(c.name, "h1-h1", "handshake and messages at a coder/websocket client; handshake and close at a coder/websocket server")
			s.compare(t, c.want, func(t *testing.T, g gateway) string {
				k := openSocket(t, g, c.options)
				c.client(k)
				k.CloseNow()
				return k.log + "\nserver: " + <-closed
			})
		})
	}
}

func openSocket(t *testing.T, g gateway, options websocket.DialOptions) *socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	options.HTTPClient, options.Host = &http.Client{Transport: transportTo(t, http1)}, "shop.example.com"
	conn, res, err := websocket.Dial(ctx, "ws"+g.URL[len("http"):]+"/chat?room=1", &options)
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Date")
	res.Header.Del("Sec-Websocket-Accept") // answers a random key; the client has checked it
	return &socket{Conn: conn, ctx: ctx, log: fmt.Sprintln(res.Status, res.Header)}
}
