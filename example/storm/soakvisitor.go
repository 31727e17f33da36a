package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// leavesAfter is when a visitor goes who waits for a slow answer: before it comes.
const leavesAfter = slowness / 4

// A soakVisitor has a connection to each gateway, and asks one of them after the other.
type soakVisitor struct {
	wires [2]wire // mixed, dead
	cases []soakCase
	count *soakCount // of all visitors
}

// A soakCount is what can be read while visitors go on.
type soakCount struct{ requests, answers, left, wrong, errors atomic.Int64 }

func soakVisitors(o options, mixed, dead string, count *soakCount) []*soakVisitor {
	all, cases := make([]*soakVisitor, o.connections), soakCases(o)
	for i := range all {
		all[i] = &soakVisitor{[2]wire{{address: mixed}, {address: dead}}, cases, count}
	}
	return all
}

func (v *soakVisitor) disconnect() {
	for i := range v.wires {
		v.wires[i].disconnect()
	}
}

// visit does the case that is next for all visitors and counts it.
func (v *soakVisitor) visit(ctx context.Context, _ time.Time, t *tally) error {
	c := &v.cases[int(v.count.requests.Add(1)-1)%len(v.cases)]
	w := &v.wires[0]
	if c.dead {
		w = &v.wires[1]
	}
	begun := time.Now()
	a, err := c.exchange(ctx, w)
	if a != nil {
		t.answer(time.Since(begun), outcome{a.StatusCode, errorOf(a.Header.Get("Proxy-Status"))})
		v.count.answers.Add(1)
		if what := c.wrong(a); what != "" {
			t.wrong[what]++
			v.count.wrong.Add(1)
		}
	}
	if err != nil {
		v.count.errors.Add(1)
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if a == nil {
		v.count.left.Add(1)
	}
	return nil
}

// exchange sends the request and reads its answer; nil: the visitor left without. Bodies
// may be long, break off, or be left, so it is net/http that reads.
func (c *soakCase) exchange(ctx context.Context, w *wire) (*soakAnswer, error) {
	if err := w.send(c.head(w.address)); err != nil {
		return nil, err
	}
	body := c.body
	if c.half {
		body /= 2
	}
	if _, err := io.Copy(w.conn, patterned(body)); err != nil {
		return nil, &failure{"send the body", err}
	}
	if c.leaves < 0 {
		pause(ctx, leavesAfter)
	}
	if c.half || c.leaves < 0 {
		w.disconnect()
		return nil, nil
	}
	reader := bufio.NewReader(w.conn)
	res, err := http.ReadResponse(reader, nil)
	if err != nil {
		return nil, &failure{"head", err}
	}
	defer res.Body.Close()
	a := readAnswer(res, c.leaves)
	switch {
	case res.Close, a.broken != nil, c.leaves > 0:
		w.disconnect() // before Close, which would read the rest
	case reader.Buffered() > 0:
		return a, &failure{"end", errMore}
	}
	return a, nil
}
