package transparency

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// differences are all the tests of net/http/httputil that mw.Proxy fails, what each then
// says, and why that is meant.
var differences = map[string]struct{ says, why string }{
	"TestReverseProxy_CopyBuffer":     {"want non-nil error", "a body that broke before anything was sent: a page takes the place of the cut connection"},
	"TestReverseProxy_PanicBodyError": {"handler should have panicked", "a page takes the place of the cut connection, as above"},
	"TestModifyResponseClosesBody": {`ErrorLog "" does not contain "ModifyResponse error"`,
		"our ErrorHandler stands in for the one that writes to ErrorLog: the error is in the record of Config.Logger"},
}

// TestGosOwnTestsOfReverseProxy runs the tests that the Go in use has for its ReverseProxy
// with ours in its place. See testdata/httputil for how that is done.
func TestGosOwnTestsOfReverseProxy(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 55*time.Second)
	defer cancel()
	program, tests := buildGosOwn(t, ctx)
	wirings := []string{"bare", "ours", "the whole chain"} // as in a stand
	ran := make([]map[string]*verdict, len(wirings))
	var wg sync.WaitGroup
	for i, wiring := range wirings {
		wg.Go(func() { ran[i] = runGosOwn(t, ctx, program, wiring) })
	}
	wg.Wait()
	bare := ran[0]
	if n := len(slices.DeleteFunc(slices.Collect(maps.Keys(bare)), isSubtest)); n != tests {
		t.Errorf("%d tests ran of %d", n, tests)
	}
	for name, v := range bare {
		if v.action == "fail" || v.action == "" {
			t.Errorf("%s does not pass with Go's own ReverseProxy either:\n%s", name, &v.output)
		}
	}
	for i, wiring := range wirings[1:] {
		t.Run(wiring, func(t *testing.T) { compareGosOwn(t, bare, ran[i+1]) })
	}
}

func isSubtest(name string) bool { return strings.Contains(name, "/") }

// compareGosOwn holds the differences between two runs against those that are meant.
func compareGosOwn(t *testing.T, bare, ours map[string]*verdict) {
	for name, b := range bare {
		o, meant := ours[name], differences[name]
		switch {
		case o == nil:
			t.Errorf("%s did not run", name)
		case o.action == b.action && meant.why != "":
			t.Errorf("%s no longer differs: %s", name, meant.why)
		case o.action == b.action:
		case meant.why == "":
			t.Errorf("%s: %q instead of %q\n%s", name, o.action, b.action, &o.output)
		case o.action != "fail" || o.says() != meant.says:
			t.Errorf("%s: %q, meant is that it says %q\n%s", name, o.action, meant.says, &o.output)
		default:
			t.Logf("%s: %s (%s)", name, meant.says, meant.why)
		}
	}
	for name := range differences {
		if bare[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
}

// A verdict is how a test ended: pass, skip or fail; empty: it did not end.
type verdict struct {
	action string
	output strings.Builder
}

var saidAt = regexp.MustCompile(`(?m)^\s+\w+\.go:\d+: (.*)$`)

// says returns what the test, or the race detector in its name, said, a line each.
func (v *verdict) says() string {
	var lines []string
	for _, m := range saidAt.FindAllStringSubmatch(v.output.String(), -1) {
		lines = append(lines, m[1])
	}
	return strings.Join(lines, "\n")
}

// buildGosOwn compiles the tests with the package in testdata/httputil, where they are not,
// and returns the program and how many tests it has.
func buildGosOwn(t *testing.T, ctx context.Context) (program string, tests int) {
	t.Helper()
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	const name = "reverseproxy_test.go"
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "src/net/http/httputil", name))
	if err != nil {
		t.Fatal(err)
	}
	tests = bytes.Count(source, []byte("\nfunc Test"))
	// Of this package they use EqualFold, for letters that are ASCII.
	source = bytes.ReplaceAll(source, []byte(`"net/http/internal/ascii"`), []byte(`ascii "strings"`))
	here, err := filepath.Abs("testdata/httputil")
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, name): filepath.Join(scratch, name)}})
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string][]byte{name: source, "overlay.json": overlay} {
		if err := os.WriteFile(filepath.Join(scratch, file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program = filepath.Join(scratch, "httputil.test")
	build := exec.CommandContext(ctx, "go", "test", "-c", fmt.Sprint("-race=", raced()), "-overlay", filepath.Join(scratch, "overlay.json"),
		"-ldflags=-checklinkname=0", "-o", program, "./testdata/httputil")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	return program, tests
}

// raced reports that the race detector runs: then it shall watch those tests, too.
func raced() bool {
	build, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// runGosOwn runs the tests in a wiring and returns how each ended.
func runGosOwn(t *testing.T, ctx context.Context, program, wiring string) map[string]*verdict {
	run := exec.CommandContext(ctx, "go", "tool", "test2json", program, "-test.v=test2json", "-test.timeout=45s")
	run.Env = append(os.Environ(), "FIVEOHTWO_WIRING="+wiring)
	run.Stderr = os.Stderr
	out, _ := run.Output() // that tests fail is told by each
	ended := make(map[string]*verdict)
	for events := json.NewDecoder(bytes.NewReader(out)); ; {
		var e struct{ Action, Test, Output string }
		if err := events.Decode(&e); err == io.EOF {
			return ended
		} else if err != nil {
			t.Errorf("%s: %v in %q", wiring, err, out)
			return ended
		}
		if e.Test == "" {
			continue
		}
		v := ended[e.Test]
		if v == nil {
			v = new(verdict)
			ended[e.Test] = v
		}
		v.output.WriteString(e.Output)
		switch e.Action {
		case "pass", "fail", "skip":
			v.action = e.Action
		}
	}
}
