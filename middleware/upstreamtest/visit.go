package upstreamtest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// patience is how long the visitor waits who then leaves: enough for the request to
// reach the upstream.
const patience = Limit

// Visit plays the visitor against the gateway at that URL, which must be on this
// machine: method, body, malformed bytes, or leaving early, which gives an error. header
// is added to the request. The caller closes the response's body.
func (c Case) Visit(ctx context.Context, gateway string, header http.Header) (*http.Response, error) {
	target, err := url.Parse(gateway)
	if err != nil {
		return nil, fmt.Errorf("upstreamtest: %w", err)
	}
	switch c.part {
	case breaksOff:
		return c.sendRaw(ctx, target, header)
	case leaves:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		res, err := c.send(ctx, gateway, header)
		if err != nil {
			cancel()
			return nil, err
		}
		res.Body = closing{res.Body, cancel}
		return res, nil
	}
	return c.send(ctx, gateway, header)
}

func (c Case) send(ctx context.Context, gateway string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, c.Method, gateway, strings.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	if c.body != "" {
		req.Header.Set("Content-Type", bodyType)
	}
	maps.Copy(req.Header, header)
	// One request per transport, so that nothing stays open; no decoding and no
	// redirects, so that the caller sees what came.
	t := &http.Transport{DialContext: newDialer().DialContext, DisableKeepAlives: true, DisableCompression: true}
	return t.RoundTrip(req)
}

// sendRaw sends a body that net/http would not send.
func (c Case) sendRaw(ctx context.Context, gateway *url.URL, header http.Header) (*http.Response, error) {
	conn, err := newDialer().DialContext(ctx, "tcp", net.JoinHostPort(gateway.Hostname(), cmp.Or(gateway.Port(), "80")))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	end := func() { stop(); conn.Close() }
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", c.Method, gateway.RequestURI(), gateway.Host)
	_ = header.Write(&b)
	fmt.Fprintf(&b, "Content-Type: %s\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%s", bodyType, c.body)
	if _, err := conn.Write(b.Bytes()); err != nil {
		end()
		return nil, err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: c.Method})
	if err != nil {
		end()
		return nil, err
	}
	res.Body = closing{res.Body, end}
	return res, nil
}

// closing is a body that ends more than itself when it is closed.
type closing struct {
	io.ReadCloser
	also func()
}

func (c closing) Close() error {
	defer c.also()
	return c.ReadCloser.Close()
}
