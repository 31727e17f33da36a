package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

func TestCheck(t *testing.T) {
	sound := httptest.NewServer(http.NotFoundHandler())
	defer sound.Close()
	strange := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(642) }))
	defer strange.Close()
	dead, err := upstreamtest.Start("connection_refused")
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		stdout string // must be there
		stderr string
	}{
		{"all links hold", []string{sound.URL}, 0, "✓ All links hold.", ""},
		{"a broken one", []string{dead.URL.String()}, 1, "✗ Broken: connect (connection_refused)", ""},
		{"it works, with warnings", []string{strange.URL}, 3, "! All links hold. Warning: the status 642", ""},
		{"JSON, the flag behind the URL", []string{dead.URL.String(), "-json"}, 1, `"error": "connection_refused"`, ""},
		{"JSON, the flag before the URL", []string{"-json", "-timeout", "3s", sound.URL}, 0, `"result": "ok"`, ""},
		{"no URL", nil, 2, "", "usage: example check URL"},
		{"two URLs", []string{sound.URL, "-json", sound.URL}, 2, "", "takes one URL, got 2"},
		{"a URL that is none", []string{"shop.example"}, 2, "does not begin with http:// or https://", ""},
		{"an unknown flag", []string{sound.URL, "-fast"}, 2, "", "-fast"},
		{"a timeout of nothing", []string{sound.URL, "-timeout", "0s"}, 2, "", "want more than 0"},
		{"help", []string{"-help"}, 0, "", "usage: example check URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), append([]string{"check"}, c.args...), &stdout, &stderr)
			if code != c.code || !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("exit status %d, want %d; stdout:\n%s\nstderr:\n%s", code, c.code, &stdout, &stderr)
			}
			if strings.Contains(stdout.String(), "\x1b") {
				t.Error("colours, though it is no terminal")
			}
			if strings.Contains(strings.Join(c.args, " "), "-json") && c.code < 2 && !json.Valid(stdout.Bytes()) {
				t.Error("no JSON")
			}
		})
	}
}

func TestColoursAreForTerminals(t *testing.T) {
	terminal, err := os.Open(os.DevNull) // a character device too
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	file, err := os.Create(t.TempDir() + "/report")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	if !wantsColour(terminal) || wantsColour(file) || wantsColour(io.Discard) {
		t.Error("colours must go to terminals, and nowhere else")
	}
	t.Setenv("NO_COLOR", "1")
	if wantsColour(terminal) {
		t.Error("colours in spite of NO_COLOR")
	}
}
