package main

import (
	"context"
	"fmt"
	"time"
)

// accepts are the forms of answers that can be asked for.
var accepts = map[string]struct{ accept, contentType string }{
	"html": {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"},
	"json": {"application/json", "application/json"},
	"text": {"*/*", "text/plain; charset=utf-8"},
}

// A request is what is sent, and what must come back.
type request struct {
	keep, last []byte // in a connection that goes on, and in one that ends with it
	behaviour
	contentType, language string // of an answer of the gateway's own
}

// requestsOf returns every combination of behaviour, form and language. Behaviours
// change fastest, so that a few requests in a row meet all of them.
func requestsOf(o options, host string) (all []request) {
	for _, language := range o.languages {
		for _, form := range o.forms {
			for _, b := range upstreams[o.upstream] {
				head := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: storm\r\nAccept: %s\r\nAccept-Language: %s\r\n",
					b.path, host, accepts[form].accept, language)
				all = append(all, request{
					keep: []byte(head + "\r\n"), last: []byte(head + "Connection: close\r\n\r\n"),
					behaviour: b, contentType: accepts[form].contentType, language: language,
				})
			}
		}
	}
	return all
}

// A stormVisitor sends one request after the other.
type stormVisitor struct {
	wire
	requests []request
	next     int
}

func stormVisitors(o options, address string) []*stormVisitor {
	all, requests := make([]*stormVisitor, o.connections), requestsOf(o, address)
	for i := range all {
		all[i] = &stormVisitor{wire{address: address, reconnects: i < o.reconnecting()}, requests, i}
	}
	return all
}

func (v *stormVisitor) visit(_ context.Context, due time.Time, t *tally) error {
	r := &v.requests[v.next%len(v.requests)]
	v.next++
	message := r.keep
	if v.reconnects {
		message = r.last
	}
	a, err := v.exchange(message)
	if err != nil {
		return err
	}
	t.answer(time.Since(due), outcome{a.status, errorOf(a.value("Proxy-Status"))})
	if what := r.wrong(&a); what != "" {
		t.wrong[what]++
	}
	return v.end(&a)
}

// wrong returns what is not right with a complete answer, or nothing.
func (r *request) wrong(a *answer) string {
	switch {
	case a.status != r.passed && a.status != r.ours:
		return fmt.Sprintf("status %d for %s", a.status, r.path)
	case a.status == r.passed:
		return ""
	case errorOf(a.value("Proxy-Status")) != r.error:
		return "error " + errorOf(a.value("Proxy-Status")) + " for " + r.path
	case !hasReference(a.body):
		return "no reference"
	case a.value("Content-Type") != r.contentType:
		return "another form than was asked for"
	case a.value("Content-Language") != r.language:
		return "another language than was asked for"
	}
	return ""
}
