package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
)

// How much of a log is kept to be shown.
const (
	maxBegin = 2 << 10
	maxEnd   = 8 << 10 // room for a crash
)

// A lineCounter counts what is written to it and keeps how it began and how it ended.
type lineCounter struct {
	mu         sync.Mutex
	n          int
	size       int64
	begin, end []byte
}

func (c *lineCounter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += bytes.Count(p, []byte{'\n'})
	c.size += int64(len(p))
	c.begin = append(c.begin, p[:min(len(p), maxBegin-len(c.begin))]...)
	c.end = append(c.end, p...)
	c.end = c.end[max(0, len(c.end)-maxEnd):]
	return len(p), nil
}

func (c *lineCounter) lines() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *lineCounter) bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}

// first returns the first line.
func (c *lineCounter) first() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	line, _, _ := bytes.Cut(c.begin, []byte{'\n'})
	return string(line)
}

// last returns the end, of a few kilobytes.
func (c *lineCounter) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.end)
}

// countLines counts the lines of a file.
func countLines(path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	var c lineCounter
	_, err = io.Copy(&c, file)
	return c.lines(), errors.Join(err, file.Close())
}
