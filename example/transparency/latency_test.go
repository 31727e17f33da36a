package transparency

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// TestLatency prints how long events take from the upstream's write to the client's
// read, over streams that alternate between the bare gateway and ours, so that what else
// the machine does falls on both. It asserts nothing: run it with -latency.
func TestLatency(t *testing.T) {
	if !*latency {
		t.Skip("prints figures with -latency only")
	}
	const streams, events = 200, 5
	for _, w := range []wiring{wirings[0], wirings[3], wirings[4]} {
		next, sent := make(chan struct{}), make(chan time.Time, 1)
		s := new(stand)
		up := serve(t, timedEvents(events, next, sent), w.back)
		s.front(t, w.front, clocks, proxyTo(t, up.URL, w.back, nil))
		clients := make([]*http.Client, 2)
		for i := range clients {
			clients[i] = &http.Client{Transport: transportTo(t, w.front)}
		}
		var first, all [2][]time.Duration
		for n := range 2 * (streams + 10) { // the first ten warm up
			i := n % 2
			took := timeStream(t, clients[i], s.gateways[i].URL, events, next, sent)
			if n >= 20 {
				first[i] = append(first[i], took[0])
				all[i] = append(all[i], took[1:]...)
			}
		}
		report(w.name+", first event", first)
		report(w.name+", later events", all)
	}
}

// timedEvents tells when it begins to write each event.
func timedEvents(n int, next <-chan struct{}, sent chan<- time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range n {
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
			sent <- time.Now()
			io.WriteString(w, "data: event\n")
			w.(http.Flusher).Flush()
		}
	})
}

func timeStream(t *testing.T, c *http.Client, address string, events int, next chan<- struct{}, sent <-chan time.Time) []time.Duration {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	go func() { next <- struct{}{} }() // the head comes with the first event
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var took []time.Duration
	for lines := bufio.NewReader(res.Body); len(took) < events; {
		if len(took) > 0 {
			next <- struct{}{}
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(<-sent))
	}
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection is used again
	return took
}

func report(name string, took [2][]time.Duration) {
	var median, p99 [2]time.Duration
	for i, d := range took {
		slices.Sort(d)
		median[i], p99[i] = d[len(d)/2], d[len(d)*99/100]
	}
	fmt.Printf("%-24s n=%-4d median: bare %8v ours %8v difference %8v   p99: bare %8v ours %8v difference %8v\n", name, len(took[0]),
		median[0], median[1], median[1]-median[0], p99[0], p99[1], p99[1]-p99[0])
}
