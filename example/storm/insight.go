package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

//go:embed insight.go.txt
var insightSource []byte

// An insight is what only a process itself can tell.
type insight struct {
	goroutines int
	heap       int64 // bytes in use, after a collection
}

// buildWithInsight builds the example with one file more, which tells what goes on inside.
func buildWithInsight(ctx context.Context, dir string) (program string, err error) {
	source, err := filepath.Abs(filepath.Join("..", "storminsight.go"))
	if err != nil {
		return "", err
	}
	ours, overlay := filepath.Join(dir, "insight.go"), filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]map[string]string{"Replace": {source: ours}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(ours, insightSource, 0o644); err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		return "", err
	}
	program = filepath.Join(dir, "example")
	return program, buildGateway(ctx, program, "-overlay", overlay)
}

// takeInsight asks at the socket of a process.
func takeInsight(socket string) (i insight, err error) {
	conn, err := net.DialTimeout("unix", socket, patience)
	if err != nil {
		return i, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return i, err
	}
	_, err = fmt.Fscan(conn, &i.goroutines, &i.heap)
	return i, err
}
