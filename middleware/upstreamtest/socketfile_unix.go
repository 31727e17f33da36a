//go:build unix

package upstreamtest

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
)

func socketMissing(u *Upstream) error { return socketFile(missing)(u) }

func socketAbandoned(u *Upstream) error { return socketFile(abandoned)(u) }

// socketFile makes transports dial a socket file, which prepare may make, in a
// directory of our own.
func socketFile(prepare func(path string) error) func(*Upstream) error {
	return func(u *Upstream) error {
		dir, err := os.MkdirTemp("", "upstreamtest")
		if err != nil {
			return err
		}
		u.hold(func() { os.RemoveAll(dir) })
		u.URL = &url.URL{Scheme: "http", Host: upstreamName}
		path := filepath.Join(dir, "socket")
		u.settings = append(u.settings, func(t *http.Transport) {
			dialer := net.Dialer{Timeout: u.limit}
			t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "unix", path) }
		})
		return prepare(path)
	}
}

func missing(string) error { return nil }

// abandoned leaves a socket file behind, as a server does that was killed.
func abandoned(path string) error {
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return err
	}
	ln.SetUnlinkOnClose(false)
	return ln.Close()
}
