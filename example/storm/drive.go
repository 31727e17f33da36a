package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	comparedPath = "/compared"
	// sampleEach is of how many answers one is compared as a whole.
	sampleEach = 64
	// maxUnlike is by which part of its length a page of our gateway may differ from
	// another: what it says of other visitors depends on what it has seen.
	maxUnlike = 10
)

// A drive is one turn of one contestant: all connections ask it, at a rate or as fast as it
// answers.
type drive struct {
	address     string
	request     []byte
	connections int
	length      time.Duration
	rate        int // requests per second, over all connections; 0: as fast as possible
	page        *page
	own         bool   // its pages differ in their reference
	passes      []byte // what the upstream sends when it works; nil: it never does
}

// comparedRequest is what every contestant is asked.
func comparedRequest(host, encoding string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: storm\r\nAccept: %s\r\nAccept-Language: en\r\nAccept-Encoding: %s\r\n\r\n",
		comparedPath, host, accepts["html"].accept, encoding)
}

// run connects, has each connection answered once, and then counts for the length of
// the drive.
func (d *drive) run(ctx context.Context) (*tally, error) {
	deadline := time.Now().Add(d.length + patience)
	wires := make([]*wire, d.connections)
	for i := range wires {
		wires[i] = &wire{}
		if err := wires[i].connect(ctx, d.address, deadline); err != nil {
			return nil, err
		}
		defer wires[i].disconnect()
	}
	defer context.AfterFunc(ctx, func() { // nobody waits for answers any more
		for _, w := range wires {
			_ = w.conn.SetDeadline(time.Now())
		}
	})()
	tallies := make([]*tally, len(wires))
	var all sync.WaitGroup
	pace, end := newPace(d.rate), time.Now().Add(d.length)
	for i, w := range wires {
		tallies[i] = newTally()
		all.Go(func() { d.ask(ctx, w, pace, tallies[i], end, deadline) })
	}
	all.Wait()
	total := newTally()
	for _, t := range tallies {
		total.add(t)
	}
	return total, ctx.Err()
}

// ask sends one request after the other until the end. What comes after it is not
// counted: it would not be known how much of its time belongs to the drive.
func (d *drive) ask(ctx context.Context, w *wire, pace *pace, t *tally, end, deadline time.Time) {
	for {
		begun, _ := pace.next(ctx)
		a, err := w.exchange(d.request)
		now := time.Now()
		if now.After(end) || ctx.Err() != nil {
			return
		}
		t.requests++
		if err == nil {
			t.answer(now.Sub(begun), outcome{status: a.status})
			if what := d.wrong(&a, t.answers%sampleEach == 1); what != "" {
				t.wrong[what]++
			}
			if !a.closes {
				continue
			}
		} else {
			t.fail(err)
			pause(ctx, pauseAfterError)
		}
		t.reconnects++
		w.disconnect()
		if err := w.connect(ctx, d.address, deadline); err != nil {
			t.fail(err)
			return
		}
	}
}

// wrong tells what is not right with an answer. whole: look at all of its body.
func (d *drive) wrong(a *rawAnswer, whole bool) string {
	switch {
	case a.status == http.StatusOK && d.passes != nil:
		if len(a.body) != len(d.passes) || whole && !bytes.Equal(a.body, d.passes) {
			return "another answer than the upstream's"
		}
	case a.status != d.page.status:
		return fmt.Sprintf("status %d", a.status)
	case d.own:
		if n := len(d.page.body); len(a.body) < n-n/maxUnlike || len(a.body) > n+n/maxUnlike {
			return "another length"
		}
		if whole {
			return d.page.wrongBody(a.body)
		}
	case len(a.body) != len(d.page.body):
		return "another length"
	case whole && !bytes.Equal(a.body, d.page.body):
		return "another body"
	}
	return ""
}
