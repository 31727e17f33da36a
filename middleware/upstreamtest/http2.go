package upstreamtest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net/http"
)

// http2Preface is what a client sends first (RFC 9113 §3.4).
const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Frame types and flags (RFC 9113 §6).
const (
	frameData         = 0x0
	frameHeaders      = 0x1
	frameReset        = 0x3
	frameSettings     = 0x4
	framePushPromise  = 0x5
	frameGoAway       = 0x7
	frameContinuation = 0x9

	flagEndStream  = 0x1
	flagAck        = 0x1
	flagEndHeaders = 0x4
)

// Error codes (RFC 9113 §7).
const (
	codeNone               = 0x0
	codeProtocolError      = 0x1
	codeInternalError      = 0x2
	codeRefusedStream      = 0x7
	codeCancel             = 0x8
	codeEnhanceYourCalm    = 0xb
	codeInadequateSecurity = 0xc
	codeHTTP11Required     = 0xd
)

// An h2 is the upstream's end of an HTTP/2 connection, frame by frame.
type h2 struct {
	*conn
	r *bufio.Reader
}

// A retort is what an upstream does on a request by HTTP/2.
type retort func(ctx context.Context, h *h2, stream uint32)

// serveHTTP2 starts an upstream that agrees to HTTP/2 and retorts to each request.
func serveHTTP2(do retort) func(*Upstream) error {
	agree := func(config *tls.Config) { config.NextProtos = []string{"h2"} }
	return with(anyProtocol, serveTLS(sound, agree, func(ctx context.Context, c *conn) {
		h := &h2{c, bufio.NewReader(c)}
		if _, err := h.r.Discard(len(http2Preface)); err != nil {
			return
		}
		h.send(frameSettings, 0, 0, "")
		for {
			stream, err := h.request()
			if err != nil {
				return
			}
			do(ctx, h, stream)
		}
	}))
}

// anyProtocol makes a transport offer HTTP/2 too.
func anyProtocol(_ *Upstream, t *http.Transport) { t.ForceAttemptHTTP2 = true }

// request reads until a request has come whole.
func (h *h2) request() (stream uint32, err error) {
	for {
		f, err := readFrame(h.r)
		switch {
		case err != nil:
			return 0, err
		case f.kind == frameSettings && f.flags&flagAck == 0:
			h.send(frameSettings, flagAck, 0, "")
		case f.endsRequest():
			return f.stream, nil
		}
	}
}

func (h *h2) send(kind, flags byte, stream uint32, payload string) {
	h.say(frameHead(len(payload), kind, flags, stream) + payload)
}

func frameHead(length int, kind, flags byte, stream uint32) string {
	head := binary.BigEndian.AppendUint32(nil, uint32(length)<<8|uint32(kind)) // lengths are ours
	return string(binary.BigEndian.AppendUint32(append(head, flags), stream))
}

// number is n as it stands in a frame.
func number(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// field is a header field as HPACK without its table and its compression writes it
// (RFC 7541 §6.2.2).
func field(name, value string) string { return "\x00" + literal(name) + literal(value) }

// status is the field :status, whose name is in HPACK's table.
func status(value string) string { return "\x08" + literal(value) }

// literal is a string after its length, a number with a prefix of seven bits (RFC 7541 §5).
func literal(text string) string {
	const prefix = 0x7f
	n := len(text)
	if n < prefix {
		return string([]byte{byte(n)}) + text
	}
	head := []byte{prefix}
	for n -= prefix; n >= 0x80; n >>= 7 {
		head = append(head, byte(n)|0x80)
	}
	return string(append(head, byte(n))) + text
}

// A frame is one frame as it came.
type frame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

func readFrame(r io.Reader) (f frame, err error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return f, err
	}
	f.kind, f.flags, f.stream = head[3], head[4], binary.BigEndian.Uint32(head[5:])
	f.payload = make([]byte, binary.BigEndian.Uint32(head[:4])>>8)
	_, err = io.ReadFull(r, f.payload)
	return f, err
}

func (f frame) endsRequest() bool {
	return (f.kind == frameHeaders || f.kind == frameData) && f.flags&flagEndStream != 0
}

// parseHTTP2 finds the first request of a connection, should there be one.
func parseHTTP2(raw []byte) (got Received, ok bool) {
	got.Bytes = len(raw)
	rest := bytes.NewReader(raw[len(http2Preface):])
	var stream uint32
	for !got.Complete {
		f, err := readFrame(rest)
		if err != nil {
			break
		}
		if f.kind == frameHeaders && stream == 0 {
			stream = f.stream
		}
		if stream == 0 || f.stream != stream {
			continue
		}
		if f.kind == frameData {
			got.Body = append(got.Body, f.payload...)
		}
		got.Complete = f.endsRequest()
	}
	return got, stream != 0
}
