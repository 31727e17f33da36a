package exporttest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// exported is the directory that the program wrote, with German as the fallback.
var exported string

func TestMain(m *testing.M) {
	code, err := withExport(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withExport runs the tests between building and tidying up. The directory can be read by
// every user, as servers started by root read it as another one.
func withExport(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "exporttest")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return 1, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	program := filepath.Join(dir, "example")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./example")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("go build: %w\n%s", err, out)
	}
	exported = filepath.Join(dir, "pages")
	if out, err := exec.CommandContext(ctx, program, "export", "-site", "Exämple & “Shop”", "-contact", "help@example.com",
		"-accent", "#b00020", "-lang", "de", exported).CombinedOutput(); err != nil {
		return 1, fmt.Errorf("export: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// file returns a file of the export.
func file(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(exported, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func snippet(name string) string { return filepath.Join(exported, "snippets", name) }

// policy is the one that the README of the export names.
func policy(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^Content-Security-Policy: (.+)$`).FindStringSubmatch(file(t, "README.md"))
	if found == nil {
		t.Fatal("README.md names no policy")
	}
	return found[1]
}
