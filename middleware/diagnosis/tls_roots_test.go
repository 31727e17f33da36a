//go:build linux || freebsd

package diagnosis

import (
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// rootless is set for the run without authorities: they are read once in a process.
const rootless = "FIVEOHTWO_ROOTLESS"

// TestNoSystemRoots lets the file of authorities be one that cannot be read. Windows and macOS
// ask a part of the system, whose authorities nobody can take away.
func TestNoSystemRoots(t *testing.T) {
	if os.Getenv(rootless) == "" {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoSystemRoots$")
		again.Env = append(os.Environ(), rootless+"=1", "SSL_CERT_FILE="+t.TempDir(), "SSL_CERT_DIR=/nonexistent")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	certificate := certificateFor(time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "upstream")
	onStage(t, func(s *stage) {
		transport := s.transport(func(conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}}).Handshake()
		})
		transport.TLSClientConfig = nil
		checkCertificate(t, "no authorities", s.send(transport, get("https://upstream")), said{ownSet, "ca-certificates"})
	})
}
