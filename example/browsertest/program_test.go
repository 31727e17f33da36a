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

// theProgram builds and starts the example program when it is first needed.
var theProgram = sync.OnceValues(func() (program, error) {
	ctx, cancel := context.WithTimeout(theSuite.ctx, 2*time.Minute)
	defer cancel()
	dir, err := theSuite.tempDir("program")
	if err != nil {
		return program{}, err
	}
	binary := filepath.Join(dir, "example.exe")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return program{}, fmt.Errorf("building the example: %w\n%s", err, out)
	}
	log := filepath.Join(dir, "access.log")
	process, err := startProcess(exec.Command(binary, "-listen", "127.0.0.1:0", "-access-log", log), "listening on ")
	if err != nil {
		return program{}, err
	}
	theSuite.atEnd(process.stop)
	url, err := process.await(ctx)
	if err != nil {
		return program{}, err
	}
	return program{url[:len(url)-1], log}, nil
})

// requests counts what the program has logged, up to now, that contains the text.
func (p program) requests(text string) (int, error) {
	log, err := os.ReadFile(p.log)
	return bytes.Count(log, []byte(text)), err
}
