package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/net/websocket"
)

// A bidi is a connection to a browser that speaks WebDriver BiDi.
type bidi struct {
	socket *websocket.Conn

	mu      sync.Mutex
	last    int
	calls   map[int]chan reply
	hearers map[string]func(method string, params json.RawMessage) // by browsing context
	broken  error
}

// A reply is any message from the browser.
type reply struct {
	ID      int             `json:"id"`
	Type    string          `json:"type"` // success, error or event
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

func dialBidi(ctx context.Context, url, origin string) (*bidi, error) {
	config, err := websocket.NewConfig(url, origin)
	if err != nil {
		return nil, err
	}
	socket, err := config.DialContext(ctx)
	if err != nil {
		return nil, err
	}
	socket.MaxPayloadBytes = 256 << 20 // screenshots are long
	b := &bidi{socket: socket, calls: map[int]chan reply{}, hearers: map[string]func(string, json.RawMessage){}}
	go b.receive()
	return b, nil
}

// hear has f called for each event of a browsing context, in order; f must not wait. A
// nil f ends that.
func (b *bidi) hear(browsingContext string, f func(method string, params json.RawMessage)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f == nil {
		delete(b.hearers, browsingContext)
		return
	}
	b.hearers[browsingContext] = f
}

// call sends a command and decodes its result, unless that is nil.
func (b *bidi) call(ctx context.Context, method string, params, result any) error {
	answer := make(chan reply, 1)
	b.mu.Lock()
	if b.broken != nil {
		b.mu.Unlock()
		return b.broken
	}
	b.last++
	id := b.last
	b.calls[id] = answer
	err := websocket.JSON.Send(b.socket, map[string]any{"id": id, "method": method, "params": params})
	b.mu.Unlock()
	if err != nil {
		return err
	}
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.calls, id)
	}()
	select {
	case r, open := <-answer:
		switch {
		case !open:
			return fmt.Errorf("%s: the connection to the browser is lost: %w", method, b.broken)
		case r.Type == "error":
			return fmt.Errorf("%s: %s: %s", method, r.Error, r.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (b *bidi) receive() {
	var err error
	for err == nil {
		var r reply
		if err = websocket.JSON.Receive(b.socket, &r); err == nil {
			b.deliver(r)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	b.broken = err
	for _, answer := range b.calls {
		close(answer)
	}
	clear(b.calls)
}

func (b *bidi) deliver(r reply) {
	if r.Type != "event" {
		b.mu.Lock()
		answer := b.calls[r.ID]
		b.mu.Unlock()
		if answer != nil {
			answer <- r
		}
		return
	}
	var from struct {
		Context string `json:"context"`
		Source  struct {
			Context string `json:"context"`
		} `json:"source"`
	}
	if json.Unmarshal(r.Params, &from) != nil {
		return
	}
	b.mu.Lock()
	hearer := b.hearers[from.Context+from.Source.Context] // there is only one of them
	b.mu.Unlock()
	if hearer != nil {
		hearer(r.Method, r.Params)
	}
}

func (b *bidi) close() error { return b.socket.Close() }
