package transparency

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// A call is a gRPC call seen by a real client.
type call struct {
	t   *testing.T
	s   grpc.ClientStream
	log string
}

var calls = []struct {
	name, method string
	options      []grpc.CallOption
	client       func(c *call)
	want         string
}{
	{name: "gRPC: unary", method: "Echo", client: func(c *call) { c.send("hello"); c.close(); c.receive() }, want: "hello"},
	{name: "gRPC: unary, 1 MB", method: "Echo", client: func(c *call) { c.send(pattern(1_000_000)); c.close(); c.receive() }, want: "bytes, SHA-256"},
	{name: "gRPC: unary, an empty message", method: "Echo", client: func(c *call) { c.send(""); c.close(); c.receive() }, want: "(0 bytes)"},
	{name: "gRPC: unary, compressed", method: "Echo", options: []grpc.CallOption{grpc.UseCompressor("gzip")}, client: func(c *call) {
		c.send(pattern(100_000))
		c.close()
		c.receive()
	}, want: "bytes, SHA-256"},
	{name: "gRPC: many messages from the server", method: "Count", client: func(c *call) { c.send("go"); c.close() }, want: "19"},
	{name: "gRPC: many messages from the client", method: "Join", client: func(c *call) {
		for i := range 20 {
			c.send(fmt.Sprint(i))
		}
		c.close()
	}, want: "18, 19"},
	{name: "gRPC: both ways, in lock-step", method: "Echo", client: func(c *call) {
		for i := range 10 {
			c.send(fmt.Sprint("message ", i))
			c.receive()
		}
		c.close()
	}, want: "message 9"},
	{name: "gRPC: both ways, without any message", method: "Echo", client: func(c *call) { c.close() }, want: "x-messages:[0]"},
	{name: "gRPC: an error with details and no message", method: "Refuse", client: func(c *call) { c.send("go"); c.close() }, want: "a detail"},
	{name: "gRPC: an error with details after messages", method: "BreakOff", client: func(c *call) { c.send("go"); c.close() }, want: "a detail"},
	{name: "gRPC: an error while the client still sends", method: "Refuse", client: func(c *call) { c.send("go") }, want: "not today"},
}

func TestCallsPassUntouched(t *testing.T) {
	for _, w := range []wiring{{name: "h2c-h2c", front: h2c}, {name: "h2-h2c", front: http2}} {
		for _, c := range calls {
			t.Run(w.name+", "+c.name, func(t *testing.T) {
				t.Parallel()
				kinds.add(c.name, w.name, "header, messages, trailer and status with details at a grpc-go client; metadata and messages at a grpc-go server")
				newGRPCStand(t, w).compare(t, c.want, func(t *testing.T, g gateway) string {
					return newCall(t, g, c.method, c.options...).run(c.client)
				})
			})
		}
	}
	t.Run("an unknown method", func(t *testing.T) {
		kinds.add("gRPC: an unknown method", "h2c-h2c", "status at a grpc-go client")
		s := newGRPCStand(t, wiring{front: h2c})
		s.seen = nil // it knows no such method
		s.compare(t, "Unimplemented", func(t *testing.T, g gateway) string {
			return newCall(t, g, "Nothing").run(func(c *call) { c.close() })
		})
	})
}

func newCall(t *testing.T, g gateway, method string, options ...grpc.CallOption) *call {
	t.Helper()
	secure := insecure.NewCredentials()
	if g.protocol == http2 {
		secure = credentials.NewTLS(testTLS())
	}
	conn, err := grpc.NewClient("passthrough:///"+g.Listener.Addr().String(),
		grpc.WithTransportCredentials(secure), grpc.WithAuthority("example.com"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx = metadata.AppendToOutgoingContext(ctx, "x-asked", "1", "x-asked", "2", "x-asked-bin", "\x01\xfe")
	s, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/transparency.Speech/"+method, options...)
	if err != nil {
		t.Fatal(err)
	}
	return &call{t: t, s: s}
}

func (c *call) send(text string) {
	if err := c.s.SendMsg(wrapperspb.String(text)); err != nil && !errors.Is(err, io.EOF) { // EOF: the server has ended the call
		c.t.Errorf("sending: %v", err)
	}
}

func (c *call) close() { _ = c.s.CloseSend() } // never fails, says its documentation

// receive notes a message, or how the call ended.
func (c *call) receive() bool {
	m := new(wrapperspb.StringValue)
	err := c.s.RecvMsg(m)
	if err == nil {
		c.log += content([]byte(m.Value))
		return true
	}
	st, _ := status.FromError(err)
	c.log += fmt.Sprintf("(then %v: %v %q, details %v)\n", err, st.Code(), st.Message(), st.Details())
	return false
}

// run plays the client's side, then reads to the end.
func (c *call) run(client func(*call)) string {
	client(c)
	for c.receive() {
	}
	header, err := c.s.Header()
	trailer := c.s.Trailer()
	delete(header, "date")
	delete(trailer, "date") // grpc-go shows a head without messages as a trailer
	return fmt.Sprintf("%v, %v\n%strailer %v", header, err, c.log, trailer)
}
