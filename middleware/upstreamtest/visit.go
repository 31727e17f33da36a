package upstreamtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
)

// patience is how long the visitor waits who then leaves: enough for the request to
// reach the upstream.
const patience = Limit

// errLeft is what is left of a visitor who left.
var errLeft = errors.New("upstreamtest: the visitor left")

// Visit plays the visitor against the gateway at that URL, which must be on this
// machine: method, body, malformed bytes, or leaving early, which gives an error. header
// is added to the request. The caller closes the response's body.
func (c Case) Visit(ctx context.Context, gateway string, header http.Header) (*http.Response, error) {
	target, err := url.Parse(gateway)
	if err != nil {
		return nil, fmt.Errorf("upstreamtest: %w", err)
	}
	switch c.part {
	case breaksOff, stops, halfCloses, leavesUploading:
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
	case leavesDownloading:
		res, err := c.send(ctx, gateway, header)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if _, err := io.CopyN(io.Discard, res.Body, 64<<10); err != nil {
			return nil, err
		}
		return nil, errLeft
	}
	return c.send(ctx, gateway, header)
}

func (c Case) send(ctx context.Context, gateway string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, c.Method, gateway, http.NoBody)
	if err != nil {
		return nil, err
	}
	if c.Method != "" {
		req.Body, req.ContentLength = io.NopCloser(c.content()), c.length()
		req.Header.Set("Content-Type", bodyType)
	}
	maps.Copy(req.Header, header)
	maps.Copy(req.Header, c.header)
	// One request per transport, so that nothing stays open; no decoding and no
	// redirects, so that the caller sees what came. It does not say "Connection: close",
	// as a browser does not: in an upload, a server of net/http then resets its answer.
	t := &http.Transport{DialContext: newDialer().DialContext, DisableCompression: true}
	res, err := t.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	res.Body = closing{res.Body, t.CloseIdleConnections}
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
