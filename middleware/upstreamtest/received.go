package upstreamtest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
)

// Received is what one connection brought of a request.
type Received struct {
	Method, Path string // empty: the head did not come whole, or it came by HTTP/2
	Body         []byte
	Bytes        int  // all that came, head included
	Complete     bool // head and body came whole
}

// maxReceived bounds the memory of an upstream that runs for long.
const maxReceived = 256

// tlsHandshake is the first byte of a TLS greeting: no part of a request yet.
const tlsHandshake = 0x16

// Requests returns what u has received so far, of the last 256 connections. TLS
// handshakes do not count: an empty result proves that nothing of a request came.
func (u *Upstream) Requests() []Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []Received
	for _, raw := range u.received {
		switch {
		case len(*raw) == 0, (*raw)[0] == tlsHandshake:
		case bytes.HasPrefix(*raw, []byte(http2Preface)):
			if r, ok := parseHTTP2(*raw); ok {
				all = append(all, r)
			}
		default:
			all = append(all, parse(*raw))
		}
	}
	return all
}

func parse(raw []byte) Received {
	r := Received{Bytes: len(raw)}
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return r
	}
	r.Method, r.Path = req.Method, req.URL.Path
	r.Body, err = io.ReadAll(req.Body)
	r.Complete = err == nil
	return r
}

// record returns c as a connection whose bytes u remembers.
func (u *Upstream) record(c net.Conn) *conn {
	raw := new([]byte)
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.received) == maxReceived {
		u.received = slices.Delete(u.received, 0, 1)
	}
	u.received = append(u.received, raw)
	return &conn{
		Conn: c,
		note: func(p []byte) {
			u.mu.Lock()
			*raw = append(*raw, p...)
			u.mu.Unlock()
		},
		forget: func() {
			u.mu.Lock()
			*raw = nil
			u.mu.Unlock()
		},
	}
}
