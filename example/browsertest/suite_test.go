package browsertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain ends what the tests have started, once for all: the program, one process per
// browser, and the directory in which all of them leave their files.
func TestMain(m *testing.M) {
	flag.Parse()
	end := theSuite.begin()
	code := m.Run()
	end()
	if err := theSuite.close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// A suite keeps what the tests share.
type suite struct {
	ctx     context.Context // bounds all that the tests do
	mu      sync.Mutex
	dir     string
	closers []func() error
}

var theSuite suite

// begin lets nothing go on after a signal, nor so close to the end of the tests' time that
// nothing could be cleared away any more.
func (s *suite) begin() (end func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	cancel := func() {}
	if limit := flag.Lookup("test.timeout").Value.(flag.Getter).Get().(time.Duration); limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit-min(20*time.Second, limit/2))
	}
	s.ctx = ctx
	return func() { cancel(); stop() }
}

// tempDir returns a new directory below the suite's own, which close removes.
func (s *suite) tempDir(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "browsertest-")
		if err != nil {
			return "", err
		}
		s.dir = dir
	}
	dir := filepath.Join(s.dir, name)
	return dir, os.Mkdir(dir, 0o700)
}

// atEnd runs f when all tests have run, before what was registered earlier.
func (s *suite) atEnd(f func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closers = append(s.closers, f)
}

func (s *suite) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

// home is an environment in which a program leaves its files below dir only.
func home(dir string) []string {
	return []string{"HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir}
}

// missing skips the test, or fails it where nothing may be skipped.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if required() {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// required reports that nothing may be skipped, as in CI.
func required() bool { return os.Getenv("REQUIRE_BROWSER") == "1" }
