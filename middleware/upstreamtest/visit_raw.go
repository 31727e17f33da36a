package upstreamtest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// sendRaw sends a request that net/http would not send.
func (c Case) sendRaw(ctx context.Context, gateway *url.URL, header http.Header) (*http.Response, error) {
	conn, err := newDialer().DialContext(ctx, "tcp", net.JoinHostPort(gateway.Hostname(), cmp.Or(gateway.Port(), "80")))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	end := func() { stop(); conn.Close() }
	if _, err := conn.Write(c.rawRequest(gateway, header)); err != nil {
		end()
		return nil, err
	}
	switch c.part {
	case leavesUploading:
		sleep(ctx, patience)
		end()
		return nil, errLeft
	case halfCloses:
		sleep(ctx, pause)
		_ = conn.(*net.TCPConn).CloseWrite() // "tcp" gives no other
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: c.Method})
	if err != nil {
		end()
		return nil, err
	}
	res.Body = closing{res.Body, end}
	return res, nil
}

// rawRequest announces a chunked body, or one of a hundred bytes, and has as much of it
// as is written out.
func (c Case) rawRequest(gateway *url.URL, header http.Header) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", c.Method, gateway.RequestURI(), gateway.Host)
	_ = header.Write(&b)
	length := "Content-Length: 100"
	if c.part == breaksOff {
		length = "Transfer-Encoding: chunked"
	}
	fmt.Fprintf(&b, "Content-Type: %s\r\n%s\r\nConnection: close\r\n\r\n%s", bodyType, length, c.body)
	return b.Bytes()
}
