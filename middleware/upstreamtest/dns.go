package upstreamtest

import (
	"bytes"
	"context"
	"net"
	"net/url"
)

// Response codes of DNS (RFC 1035 §4.1.1).
const (
	rcodeServerFailure = 2
	rcodeNameError     = 3
)

// resolve starts a name server that answers every question with rcode.
func resolve(rcode byte) func(*Upstream) error {
	return func(u *Upstream) error {
		server, err := nameServer(u)
		if err != nil {
			return err
		}
		u.work.Go(func() {
			question := make([]byte, 1500)
			for {
				n, from, err := server.ReadFrom(question)
				if err != nil {
					return
				}
				_, _ = server.WriteTo(failure(question[:n], rcode), from)
			}
		})
		return nil
	}
}

// resolveNever starts a name server that never answers.
func resolveNever(u *Upstream) error {
	_, err := nameServer(u)
	return err
}

// nameServer opens a name server's port and makes it the only one that u's dialler asks.
func nameServer(u *Upstream) (net.PacketConn, error) {
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	u.hold(func() { server.Close() })
	u.URL = &url.URL{Scheme: "http", Host: "upstream.invalid"} // RFC 6761 §6.4: never exists
	u.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, "udp4", server.LocalAddr().String())
		if err == nil {
			// The resolver would wait on for seconds after nobody wants to know any more.
			context.AfterFunc(ctx, func() { c.Close() })
		}
		return c, err
	}}
	return server, nil
}

// failure answers a question with a response code: header and question alone.
func failure(message []byte, rcode byte) []byte {
	const header = 12
	if len(message) < header {
		return nil
	}
	end := len(message)
	if root := bytes.IndexByte(message[header:], 0); root >= 0 {
		end = min(end, header+root+5) // the name ends with a zero, type and class follow
	}
	reply := append([]byte{}, message[:end]...)
	reply[2] |= 0x80        // it is a response
	reply[3] = 0x80 | rcode // recursion is available
	clear(reply[6:header])  // no records
	return reply
}
