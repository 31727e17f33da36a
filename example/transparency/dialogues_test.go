package transparency

import (
	"net/http"
	"testing"
)

func TestDialoguesPassUntouched(t *testing.T) {
	for _, d := range dialogues {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			next := make(chan struct{})
			s := newStand(t, wiring{requests: d.requests, upgraded: d.upgraded, proxy: d.proxy}, stepped(d.upstream, next))
			kinds.add(d.name, "h1-h1", "every byte at both ends, in lock-step")
			s.compare(t, d.want, func(t *testing.T, g gateway) string {
				c := dial(t, g)
				d.client(c, stepping(t, next))
				return c.end()
			})
		})
	}
}

// stepping returns the function with which a client lets the upstream go on.
func stepping(t *testing.T, next chan<- struct{}) func() {
	return func() {
		select {
		case next <- struct{}{}:
		case <-t.Context().Done():
		}
	}
}

// stepped gives a handler the function in which it waits for the client.
func stepped(h func(http.ResponseWriter, *http.Request, func()), next <-chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h(w, r, func() {
			select {
			case <-next:
			case <-r.Context().Done():
			}
		})
	})
}

// TestDialoguesWorkThroughWrap has the same dialogues with the upstream as a handler of
// the gateway's own.
func TestDialoguesWorkThroughWrap(t *testing.T) {
	for _, d := range dialogues {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			kinds.add("through Wrap: "+d.name, "h1", "every byte at the client, in lock-step")
			next := make(chan struct{})
			s := new(stand)
			s.front(t, http1, clocks, func() http.Handler { return stepped(d.upstream, next) })
			s.compare(t, d.want, func(t *testing.T, g gateway) string {
				c := dial(t, g)
				d.client(c, stepping(t, next))
				return c.end()
			})
		})
	}
}
