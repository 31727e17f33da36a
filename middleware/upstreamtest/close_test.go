package upstreamtest_test

import (
	"io"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// TestClose runs all cases at once, each as far as an answer or an error, and looks for
// what is left of them.
func TestClose(t *testing.T) {
	takesLong(t)
	start(t, upstreamtest.Cases()[0]).Close() // the runtime opens files of its own for the first socket
	goroutines, files := runtime.NumGoroutine(), openFiles()
	var all sync.WaitGroup
	for _, c := range upstreamtest.Cases() {
		u := start(t, c)
		all.Go(func() {
			if res, err := roundTrip(t, c, u); err == nil {
				_, _ = io.Copy(io.Discard, res.Body) // it may break, that is the point
				res.Body.Close()
			}
			u.Close()
			u.Close() // twice is once
		})
	}
	all.Wait()
	var left, open int
	for range 100 {
		left, open = runtime.NumGoroutine(), openFiles()
		if left <= goroutines && open <= files {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines and %d files became %d and %d\n%s", goroutines, files, left, open, stacks[:runtime.Stack(stacks, true)])
}

// openFiles counts descriptors, sockets too, where the system shows them.
func openFiles() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}
