//go:build unix

package diagnosis

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestSocketFiles has the running system refuse Unix sockets. Windows has no datagram sockets of
// that kind, and tells a missing file as a refusal.
func TestSocketFiles(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "f") // its path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := func(name string) string { return filepath.Join(dir, name) }
	fd := bound(t, syscall.SOCK_DGRAM, path("datagram"))
	if err := os.WriteFile(path("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path("circle"), path("circle")); err != nil {
		t.Fatal(err)
	}
	abandoned := bound(t, syscall.SOCK_STREAM, path("abandoned"))
	_ = syscall.Close(abandoned)
	for _, c := range []struct {
		name, path string
		want       said
	}{
		{"no file", path("none"), said{DestinationUnavailable, "does not exist"}},
		{"a file in the place of a directory", path("file/socket"), said{DestinationUnavailable, "does not exist"}},
		{"a datagram socket", path("datagram"), said{ownSet, "datagram"}},
		{"a path in circles", path("circle"), said{ownSet, "path"}},
		{"a path too long for the system's structure", path(strings.Repeat("a", 120)), said{ownSet, "longer"}},
		{"no server behind it", path("abandoned"), said{ConnectionRefused, "behind the socket file"}},
		{"a file that is no socket", path("file"), fileThatIsNone()},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := net.Dial("unix", c.path) //nolint:noctx // it ends at once
			checkSaid(t, err, atDial, c.want)
		})
	}
	_ = syscall.Close(fd)
}

// fileThatIsNone: Linux calls a file that is no socket a refusal, other systems name it.
func fileThatIsNone() said {
	if runtime.GOOS == "linux" || runtime.GOOS == "android" {
		return said{ConnectionRefused, "behind the socket file"}
	}
	return said{ownSet, "no socket"}
}

func bound(t *testing.T, kind int, path string) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_UNIX, kind, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	return fd
}

// TestSocketFileOfAnother has the running system forbid a socket file; root may open all.
func TestSocketFileOfAnother(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may open every socket file")
	}
	dir, err := os.MkdirTemp("", "f")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err = net.Dial("unix", path) //nolint:noctx // it ends at once
	checkSaid(t, err, atDial, said{ownSet, "permission to open"})
}
