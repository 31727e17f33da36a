package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
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

// comparedRequest is what every contestant is asked.
func comparedRequest(host, encoding string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: storm\r\nAccept: %s\r\nAccept-Language: en\r\nAccept-Encoding: %s\r\n\r\n",
		comparedPath, host, accepts["html"].accept, encoding)
}

// A comparedVisitor asks one contestant in one turn.
type comparedVisitor struct {
	wire
	request []byte
	page    *page
	own     bool      // its pages differ in their reference
	passes  []byte    // what the upstream sends when it works; nil: it never does
	until   time.Time // the turn lasts
}

// visit does not count what comes after the end: it would not be known how much of its
// time belongs to the turn.
func (v *comparedVisitor) visit(_ context.Context, due time.Time, t *tally) error {
	a, err := v.exchange(v.request)
	now := time.Now()
	if now.After(v.until) {
		return nil
	}
	if err != nil {
		return err
	}
	t.answer(now.Sub(due), outcome{status: a.status})
	if what := v.wrong(&a, t.answers%sampleEach == 1); what != "" {
		t.wrong[what]++
	}
	if a.closes {
		t.closed++
	}
	return v.end(&a)
}

// wrong tells what is not right with an answer. whole: look at all of its body.
func (v *comparedVisitor) wrong(a *answer, whole bool) string {
	switch {
	case a.status == http.StatusOK && v.passes != nil:
		if len(a.body) != len(v.passes) || whole && !bytes.Equal(a.body, v.passes) {
			return "another answer than the upstream's"
		}
	case a.status != v.page.status:
		return fmt.Sprintf("status %d", a.status)
	case v.own:
		if n := len(v.page.body); len(a.body) < n-n/maxUnlike || len(a.body) > n+n/maxUnlike {
			return "another length"
		}
		if whole {
			return v.page.wrongBody(a.body)
		}
	case len(a.body) != len(v.page.body):
		return "another length"
	case whole && !bytes.Equal(a.body, v.page.body):
		return "another body"
	}
	return ""
}
