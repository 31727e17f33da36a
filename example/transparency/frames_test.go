package transparency

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	xhttp2 "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A client2 speaks HTTP/2 frame by frame, with one stream.
type client2 struct {
	*xhttp2.Framer
	conn net.Conn
	log  strings.Builder
	body []byte
	// credit is how much may still be sent: on the connection, on the stream.
	credit [2]int64
	whole  bool // the request was sent to its end
}

const (
	stream      = 1
	firstCredit = 65535 // RFC 9113 §6.9.2
)

// exchange2 sends a request and returns the frames of the answer. Where DATA is cut into
// frames depends on time; which frame ends the stream does not.
func exchange2(t *testing.T, g gateway, r request) string {
	t.Helper()
	c := &client2{conn: dial2(t, g), credit: [2]int64{firstCredit, firstCredit}}
	_ = c.conn.SetDeadline(time.Now().Add(time.Minute))
	c.Framer = xhttp2.NewFramer(c.conn, c.conn)
	c.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if err := c.open(r); err != nil {
		return err.Error()
	}
	for rest := r.body; ; {
		rest = c.upload(rest, r)
		f, err := c.ReadFrame()
		if err != nil {
			fmt.Fprintf(&c.log, "(%v)", err)
			return c.log.String()
		}
		if c.take(f) {
			return c.log.String()
		}
	}
}

func dial2(t *testing.T, g gateway) net.Conn {
	conn, err := net.Dial("tcp", g.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if g.protocol == http2 {
		config := testTLS()
		config.NextProtos = []string{"h2"}
		return tls.Client(conn, config)
	}
	return conn
}

// open sends the preface and the request's head.
func (c *client2) open(r request) error {
	if _, err := io.WriteString(c.conn, xhttp2.ClientPreface); err != nil {
		return err
	}
	const window = 1 << 30
	_ = c.WriteSettings(
		xhttp2.Setting{ID: xhttp2.SettingInitialWindowSize, Val: window},
		xhttp2.Setting{ID: xhttp2.SettingEnablePush, Val: 0},
	)
	_ = c.WriteWindowUpdate(0, window)
	var block bytes.Buffer
	encode := hpack.NewEncoder(&block)
	field := func(name, value string) { _ = encode.WriteField(hpack.HeaderField{Name: name, Value: value}) }
	method, target, _ := strings.Cut(r.line, " ")
	for _, f := range [][2]string{{":method", method}, {":scheme", "https"}, {":authority", "shop.example.com"}, {":path", target}} {
		field(f[0], f[1])
	}
	for _, f := range r.fields {
		name, value, _ := strings.Cut(f, ": ")
		if name = strings.ToLower(name); name != "keep-alive" { // is malformed in HTTP/2
			field(name, value)
		}
	}
	if !r.unsized && r.body != "" {
		field("content-length", strconv.Itoa(len(r.body)))
	}
	c.whole = r.body == "" && !r.unsized
	return c.writeBlock(block.Bytes(), c.whole)
}

func (c *client2) writeBlock(block []byte, end bool) error {
	const frame = 16 << 10
	first := block[:min(len(block), frame)]
	err := c.WriteHeaders(xhttp2.HeadersFrameParam{StreamID: stream, BlockFragment: first, EndStream: end, EndHeaders: len(block) <= frame})
	for block = block[len(first):]; err == nil && len(block) > 0; {
		next := block[:min(len(block), frame)]
		block = block[len(next):]
		err = c.WriteContinuation(stream, len(block) == 0, next)
	}
	return err
}

// upload sends as much of the body as may be sent, and the trailers behind its end.
func (c *client2) upload(rest string, r request) string {
	for !c.whole {
		n := min(int64(len(rest)), c.credit[0], c.credit[1], 16<<10)
		if n == 0 && rest != "" {
			return rest
		}
		last := n == int64(len(rest))
		c.whole = last
		if c.WriteData(stream, last && len(r.trailers) == 0, []byte(rest[:n])) != nil {
			return ""
		}
		rest = rest[n:]
		c.credit[0] -= n
		c.credit[1] -= n
		if last && len(r.trailers) > 0 {
			var block bytes.Buffer
			encode := hpack.NewEncoder(&block)
			for _, f := range r.trailers {
				name, value, _ := strings.Cut(f, ": ")
				_ = encode.WriteField(hpack.HeaderField{Name: strings.ToLower(name), Value: value})
			}
			_ = c.writeBlock(block.Bytes(), true)
		}
	}
	return rest
}

// take notes a frame and reports whether it ends the exchange.
func (c *client2) take(f xhttp2.Frame) bool {
	switch f := f.(type) {
	case *xhttp2.SettingsFrame:
		if v, ok := f.Value(xhttp2.SettingInitialWindowSize); ok {
			c.credit[1] += int64(v) - firstCredit
		}
		if !f.IsAck() {
			_ = c.WriteSettingsAck()
		}
	case *xhttp2.WindowUpdateFrame:
		c.credit[min(f.StreamID, 1)] += int64(f.Increment)
	case *xhttp2.MetaHeadersFrame:
		c.noteBody(false)
		for _, field := range f.Fields {
			if field.Name != "date" {
				fmt.Fprintf(&c.log, "%s: %s\n", field.Name, field.Value)
			}
		}
		fmt.Fprintf(&c.log, "(HEADERS, end of stream %v)\n", f.StreamEnded())
		return f.StreamEnded()
	case *xhttp2.DataFrame:
		c.body = append(c.body, f.Data()...)
		if f.StreamEnded() {
			c.noteBody(true)
		}
		return f.StreamEnded()
	case *xhttp2.RSTStreamFrame, *xhttp2.GoAwayFrame:
		fmt.Fprintf(&c.log, "%v\n", f)
		return true
	}
	return false
}

func (c *client2) noteBody(end bool) {
	if end || len(c.body) > 0 {
		fmt.Fprintf(&c.log, "(DATA, end of stream %v) %s", end, content(c.body))
	}
	c.body = nil
}
