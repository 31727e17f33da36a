package middleware_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"
)

// TestGRPCGetsTrailersOnly looks at the frames: clients of gRPC read the status of a call
// only where the stream ends with the header, "Trailers-Only" in its protocol.
func TestGRPCGetsTrailersOnly(t *testing.T) {
	t.Parallel()
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			c := combination{visitor: visitor{form: asGRPC}, method: "POST", outage: o}
			f := dialFrames(t, serveHTTP2(t, o.start(t)).URL)
			f.send(frameHeaders, flagEndHeaders, 1, fieldLines(
				":method", "POST", ":scheme", "https", ":path", "/shop.Cart/Add", ":authority", "shop.example.com",
				"content-type", "application/grpc", "te", "trailers"))
			f.send(frameData, flagEndStream, 1, c.body())
			if kind, flags := f.next(1); kind != frameHeaders || flags&flagEndStream == 0 {
				t.Errorf("the answer begins with a frame of type %d, flags %#x; want a header that ends the stream", kind, flags)
			}
		})
	}
}

// Frame types and flags (RFC 9113 §6).
const (
	frameData, frameHeaders, frameSettings = 0x0, 0x1, 0x4
	flagEndStream, flagEndHeaders          = 0x1, 0x4
)

// frames is a bare HTTP/2 connection.
type frames struct {
	t    *testing.T
	conn *tls.Conn
	in   *bufio.Reader
}

func dialFrames(t *testing.T, address string) frames {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(address, "https://"), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	f := frames{t, conn, bufio.NewReader(conn)}
	f.send(frameSettings, 0, 0, "")
	return f
}

func (f frames) send(kind, flags byte, stream uint32, payload string) {
	f.t.Helper()
	head := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	head = binary.BigEndian.AppendUint32(append(head, flags), stream)
	if _, err := f.conn.Write(append(head, payload...)); err != nil {
		f.t.Fatal(err)
	}
}

// next returns the next frame of the stream, without its payload.
func (f frames) next(stream uint32) (kind, flags byte) {
	f.t.Helper()
	for {
		var head [9]byte
		if _, err := io.ReadFull(f.in, head[:]); err != nil {
			f.t.Fatal(err)
		}
		if _, err := f.in.Discard(int(binary.BigEndian.Uint32(head[:]) >> 8)); err != nil {
			f.t.Fatal(err)
		}
		if binary.BigEndian.Uint32(head[5:]) == stream {
			return head[3], head[4]
		}
	}
}

// fieldLines writes fields the plainest way that HPACK has (RFC 7541 §6.2.2).
func fieldLines(namesAndValues ...string) string {
	var b strings.Builder
	for i, text := range namesAndValues {
		if i%2 == 0 {
			b.WriteByte(0)
		}
		b.WriteByte(byte(len(text))) // all are shorter than 127 bytes
		b.WriteString(text)
	}
	return b.String()
}
