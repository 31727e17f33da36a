package browsertest

import (
	"context"
	"slices"
	"sync"
)

// A request is one that a browser has made.
type request struct {
	URL    string
	Status int // of the answer; 0: none yet
}

// A record is what a browser tells of a tab since the last page was asked for.
type record struct {
	mu       sync.Mutex
	requests []request
	messages []string      // of the console, page errors among them
	changed  chan struct{} // closed at the next load
}

func newRecord() *record { return &record{changed: make(chan struct{})} }

// clear forgets everything.
func (r *record) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.messages = nil, nil
}

func (r *record) request(url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, request{URL: url})
}

func (r *record) answer(url string, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.requests {
		if r.requests[i].URL == url {
			r.requests[i].Status = status
		}
	}
}

func (r *record) message(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, text)
}

func (r *record) loaded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
}

// read returns copies of the requests and messages.
func (r *record) read() ([]request, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests), slices.Clone(r.messages)
}

// nextLoad returns a function that waits until a page has loaded that had not when
// nextLoad was called.
func (r *record) nextLoad() func(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed := r.changed
	return func(ctx context.Context) error {
		select {
		case <-changed:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
