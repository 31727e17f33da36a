package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// leavesAfter is when a visitor goes who waits for a slow answer: before it comes.
const leavesAfter = slowness / 4

// A soakVisitor has a connection to each gateway, and asks one of them after the other.
type soakVisitor struct {
	addresses [2]string // mixed, dead
	conns     [2]net.Conn
	readers   [2]*bufio.Reader
	tally     *tally
}

// A soakCount is what can be read while visitors go on.
type soakCount struct{ requests, answers, left, wrong, errors atomic.Int64 }

// soakVisits lets all visitors ask until ctx has ended.
func soakVisits(ctx context.Context, o options, addresses [2]string, count *soakCount) *tally {
	cases, p := soakCases(o), newPace(o.rate)
	tallies := make([]*tally, o.connections)
	var next atomic.Int64
	var all sync.WaitGroup
	for i := range tallies {
		v := &soakVisitor{addresses: addresses, tally: newTally()}
		tallies[i] = v.tally
		all.Go(func() {
			defer v.disconnect(0)
			defer v.disconnect(1)
			for {
				if _, ok := p.next(ctx); !ok || ctx.Err() != nil {
					return
				}
				v.visit(ctx, &cases[int(next.Add(1)-1)%len(cases)], count)
			}
		})
	}
	all.Wait()
	total := newTally()
	for _, t := range tallies {
		total.add(t)
	}
	return total
}

// visit does one case and counts it.
func (v *soakVisitor) visit(ctx context.Context, c *soakCase, count *soakCount) {
	which := 0
	if c.dead {
		which = 1
	}
	v.tally.requests++
	count.requests.Add(1)
	begun := time.Now()
	a, err := v.exchange(ctx, which, c)
	switch {
	case err != nil:
		v.tally.errors[c.name+": "+err.Error()]++
		count.errors.Add(1)
		v.disconnect(which)
		return
	case a == nil: // left without an answer
		count.left.Add(1)
		v.disconnect(which)
		return
	}
	v.tally.answer(time.Since(begun), outcome{a.StatusCode, errorOf(a.Response)})
	count.answers.Add(1)
	if what := c.wrong(a); what != "" {
		v.tally.wrong[what]++
		count.wrong.Add(1)
	}
	if a.Close || a.broken != nil || c.leaves > 0 {
		v.disconnect(which)
	} else if v.readers[which].Buffered() > 0 {
		v.tally.errors[c.name+": "+errMore.Error()]++
		count.errors.Add(1)
		v.disconnect(which)
	}
}

// exchange sends a request and reads its answer; nil without an error: the visitor left.
func (v *soakVisitor) exchange(ctx context.Context, which int, c *soakCase) (*soakAnswer, error) {
	if v.conns[which] == nil {
		conn, err := (&net.Dialer{Timeout: patience}).DialContext(context.WithoutCancel(ctx), "tcp", v.addresses[which])
		if err != nil {
			return nil, &failure{"connect", err}
		}
		v.conns[which], v.readers[which] = conn, bufio.NewReader(conn)
	}
	conn := v.conns[which]
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, &failure{"send", err}
	}
	if _, err := conn.Write(c.head(v.addresses[which])); err != nil {
		return nil, &failure{"send", err}
	}
	body := c.body
	if c.half {
		body /= 2
	}
	if _, err := io.Copy(conn, patterned(body)); err != nil {
		return nil, &failure{"send the body", err}
	}
	if c.half {
		return nil, nil
	}
	if c.leaves < 0 {
		pause(ctx, leavesAfter)
		return nil, nil
	}
	res, err := http.ReadResponse(v.readers[which], nil)
	if err != nil {
		return nil, &failure{"head", err}
	}
	defer res.Body.Close()
	if c.leaves > 0 {
		defer v.disconnect(which) // before Close, which would read the rest
	}
	return readAnswer(res, c.leaves), nil
}

func (v *soakVisitor) disconnect(which int) {
	if v.conns[which] != nil {
		_ = v.conns[which].Close()
		v.conns[which] = nil
	}
}
