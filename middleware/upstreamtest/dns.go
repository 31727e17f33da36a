package upstreamtest

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
)

// Response codes of DNS (RFC 1035 §4.1.1).
const (
	rcodeNone          = 0
	rcodeServerFailure = 2
	rcodeNameError     = 3
	rcodeRefused       = 5
)

// upstreamName is a name that never exists (RFC 6761 §6.4).
const upstreamName = "upstream.invalid"

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
				_, _ = server.WriteTo(reply(question[:n], rcode), from)
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

// resolveClosed makes u's dialler ask at a port where nobody listens. A socket that is
// connected elsewhere keeps the port from others, and takes nothing of what comes.
func resolveClosed(u *Upstream) error {
	here := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	port, err := net.DialUDP("udp4", here, &net.UDPAddr{IP: here.IP, Port: 9})
	if err != nil {
		return err
	}
	u.hold(func() { port.Close() })
	u.lookUpAt("udp4", port.LocalAddr().String())
	return nil
}

// resolveWithout lets the kernel refuse the socket that a question needs.
func resolveWithout(says syscall.Errno) func(*Upstream) error {
	return func(u *Upstream) error {
		u.lookUpBy(func(_ context.Context, network, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("socket", says)}
		})
		return nil
	}
}

// resolveJunk starts a name server that answers with junk. By UDP a resolver takes junk
// for a forgery and waits on; so the dialler asks by TCP.
func resolveJunk(u *Upstream) error {
	const message = "\x00\x07no DNS!" // after its length
	address, err := u.listen(aside, func(_ context.Context, c *conn) {
		if _, err := c.Read(make([]byte, 1500)); err == nil {
			_, _ = c.Write([]byte(message))
			c.finish()
		}
	})
	u.lookUpAt("tcp4", address)
	return err
}

// nameServer opens a name server's port and makes it the only one that u's dialler asks.
func nameServer(u *Upstream) (net.PacketConn, error) {
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	u.hold(func() { server.Close() })
	u.lookUpAt("udp4", server.LocalAddr().String())
	return server, nil
}

// lookUpAt makes the name server at that address the only one that u's dialler asks.
func (u *Upstream) lookUpAt(network, address string) {
	u.lookUpBy(func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		c, err := d.DialContext(ctx, network, address)
		if err == nil {
			// The resolver would wait on for seconds after nobody wants to know any more.
			context.AfterFunc(ctx, func() { c.Close() })
		}
		return c, err
	})
}

// lookUpBy makes u's dialler ask by connections of that dial, about a name that no hosts file has.
func (u *Upstream) lookUpBy(to dial) {
	u.URL = &url.URL{Scheme: "http", Host: upstreamName}
	u.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: to}
}

// onlyIPv4 lets a transport dial no IPv6 address.
func onlyIPv4(_ *Upstream, t *http.Transport) {
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, _, address string) (net.Conn, error) { return dial(ctx, "tcp4", address) }
}

// reply answers a question with a response code. Without a fault there is an address
// for those who ask for an IPv6 one.
func reply(message []byte, rcode byte) []byte {
	const (
		header = 12
		tail   = 5 // the name ends with a zero; type and class follow
		record = "\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x00\x00\x10" +
			"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" // that name, AAAA: ::1
	)
	if len(message) < header+tail {
		return nil
	}
	end := len(message)
	if root := bytes.IndexByte(message[header:], 0); root >= 0 {
		end = min(end, header+root+tail)
	}
	answer := append([]byte{}, message[:end]...)
	answer[2] |= 0x80        // it is a response
	answer[3] = 0x80 | rcode // recursion is available
	clear(answer[6:header])  // no records
	if rcode == rcodeNone && answer[end-3] == 0x1c {
		answer[7] = 1
		answer = append(answer, record...)
	}
	return answer
}
