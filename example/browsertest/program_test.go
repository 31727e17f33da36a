package browsertest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// A program is the example program, running.
type program struct {
	url string // without a slash at the end
	log string // its access log
}

// theBinary is the example program, built when it is first needed.
var theBinary = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(theSuite.ctx, 2*time.Minute)
	defer cancel()
	dir, err := theSuite.tempDir("binary")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "example.exe")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the example: %w\n%s", err, out)
	}
	return binary, nil
})

// theProgram shows the gallery. It is started when it is first needed.
var theProgram = sync.OnceValues(func() (program, error) { return startProgram("program") })

// startProgram starts the example program, with a directory of that name. It ends with the
// tests.
func startProgram(name string, flags ...string) (program, error) {
	ctx, cancel := context.WithTimeout(theSuite.ctx, 3*time.Minute)
	defer cancel()
	binary, err := theBinary()
	if err != nil {
		return program{}, err
	}
	dir, err := theSuite.tempDir(name)
	if err != nil {
		return program{}, err
	}
	log := filepath.Join(dir, "access.log")
	flags = append([]string{"-listen", "127.0.0.1:0", "-access-log", log}, flags...)
	process, err := startProcess(exec.Command(binary, flags...), "listening on ")
	if err != nil {
		return program{}, err
	}
	theSuite.atEnd(process.stop)
	url, err := process.await(ctx)
	if err != nil {
		return program{}, err
	}
	return program{url[:len(url)-1], log}, nil
}

// requests counts what the program has logged, up to now, that contains the text.
func (p program) requests(text string) (int, error) {
	log, err := os.ReadFile(p.log)
	return bytes.Count(log, []byte(text)), err
}
