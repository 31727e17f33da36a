package transparency

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// stallLimit is what the silent streams outlast three times.
const stallLimit = 100 * time.Millisecond

// wait is no synchronisation: silence is what is tested.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// TestSilentStreamsGoOn outlasts the limits three times: those of the gateway are for
// answers of known length, and for heads of what is no stream. The WebSocket is with
// the other sockets.
func TestSilentStreamsGoOn(t *testing.T) {
	both := middleware.Config{ResponseTimeout: stallLimit, StallTimeout: stallLimit}
	stall := middleware.Config{ResponseTimeout: time.Minute, StallTimeout: stallLimit}
	for _, c := range []struct {
		name      string
		kind      string // of what the upstream sends
		config    middleware.Config
		fields    []string
		headFirst bool
	}{
		{"events, silent before the head", "text/event-stream", both, []string{"Accept: text/event-stream"}, false},
		{"events, silent behind the head", "text/event-stream", both, []string{"Accept: text/event-stream"}, true},
		{"events that the client did not ask for by name, silent in between", "text/event-stream", stall, nil, true},
		{"lines of JSON, silent in between", "application/x-ndjson", stall, nil, true},
	} {
		for _, w := range wirings {
			t.Run(w.name+", "+c.name, func(t *testing.T) {
				t.Parallel()
				kinds.add(c.name, w.name, "every byte or frame at the client and the request at the upstream, after a silence of three times the limit")
				w.config = &c.config
				s := newStand(t, w, silentStream(c.kind, c.headFirst))
				s.compare(t, "event 2", func(t *testing.T, g gateway) string {
					r := request{line: "GET /", fields: c.fields}
					if g.protocol == http1 {
						return exchange1(t, g, r)
					}
					return exchange2(t, g, r)
				})
			})
		}
	}
	for _, w := range []wiring{{name: "h2c-h2c", front: h2c, config: &both}, {name: "h2-h2c", front: http2, config: &both}} {
		t.Run(w.name+", gRPC", func(t *testing.T) {
			t.Parallel()
			kinds.add("gRPC: silent in the middle of a stream", w.name, "every byte or frame at the client and the request at the upstream, after a silence of three times the limit")
			newGRPCStand(t, w).compare(t, "after", func(t *testing.T, g gateway) string {
				return newCall(t, g, "Silence").run(func(c *call) { c.send("go"); c.close() })
			})
		})
	}
}

// silentStream sends two events with a silence before each.
func silentStream(kind string, headFirst bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		if headFirst {
			w.(http.Flusher).Flush()
		}
		for i := range 2 {
			wait(r.Context(), 3*stallLimit)
			fmt.Fprintf(w, "event %d\n", i+1)
			w.(http.Flusher).Flush()
		}
	})
}
