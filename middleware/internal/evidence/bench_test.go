package evidence_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
)

// BenchmarkRequest is what the memory costs each request: finding out who asks, and adding
// what became of it.
func BenchmarkRequest(b *testing.B) {
	pass := func(m *evidence.Memory, e evidence.Exchange) {
		m.Answered(e.Upstream)
		m.Passed(e)
	}
	for _, upstreams := range []int{1, 1000} {
		names := make([]string, upstreams)
		for i := range names {
			names[i] = fmt.Sprintf("http://10.0.%d.%d:8080", i/250, i%250)
		}
		visitors := make([]string, 5000)
		for i := range visitors {
			visitors[i] = fmt.Sprintf("203.0.%d.%d:1234", i/250, i%250)
		}
		for _, kind := range []struct {
			name string
			add  func(*evidence.Memory, evidence.Exchange)
		}{
			{"passes", pass},
			{"passes while others fail", pass},
			{"fails", func(m *evidence.Memory, e evidence.Exchange) { m.Failed(e, evidence.Failure{}) }},
			{"finds nothing reached", func(m *evidence.Memory, e evidence.Exchange) { m.Failed(e, evidence.Failure{Unreached: true}) }},
		} {
			now := time.Now()
			ask := func(m *evidence.Memory, i int) evidence.Exchange {
				now := now.Add(time.Duration(i) * time.Millisecond) // a thousand requests a second
				v := m.Visitor(visitors[i%len(visitors)], false, now)
				return evidence.Exchange{Upstream: names[i%len(names)], Path: "/cart", Visitor: v, Began: now.Add(-time.Millisecond), Ended: now}
			}
			filled := func() *evidence.Memory {
				m := evidence.New()
				down := ask(m, 0)
				down.Upstream = "http://10.1.0.0:8080"
				if kind.name != "passes" {
					m.Failed(down, evidence.Failure{})
				}
				for i := range 2 * len(names) {
					if kind.name == "passes" {
						m.Passed(ask(m, i))
					} else {
						m.Failed(ask(m, i), evidence.Failure{Unreached: true})
					}
				}
				return m
			}
			name := fmt.Sprintf("%d upstreams/%s", upstreams, kind.name)
			b.Run(name, func(b *testing.B) {
				m, i := filled(), 0
				b.ReportAllocs()
				for b.Loop() {
					i++
					kind.add(m, ask(m, i))
				}
			})
			b.Run(name+", in parallel", func(b *testing.B) {
				m := filled()
				var turns atomic.Int64 // one clock for all: each takes the next 64 milliseconds
				b.ReportAllocs()
				b.RunParallel(func(p *testing.PB) {
					for i := int64(0); p.Next(); i++ {
						if i%64 == 0 {
							i = 64 * turns.Add(1)
						}
						kind.add(m, ask(m, int(i)))
					}
				})
			})
		}
	}
}
