package middleware

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestGate tells what of many failures gets into the log.
func TestGate(t *testing.T) {
	failure := func(upstream string, kind diagnosis.Type) *Incident {
		return &Incident{Upstream: upstream, Diagnosis: diagnosis.Diagnosis{Type: kind, Status: 502}}
	}
	for _, c := range []struct {
		name     string
		fail     func(admit func(*Incident))
		records  int
		counters []string // what the lines with counts have in them
	}{
		{"a few of one kind: all", func(admit func(*Incident)) {
			for range maxRecords {
				admit(failure("http://a", "connection_refused"))
			}
		}, maxRecords, nil},
		{"a storm of one kind: the first ten, then the number", func(admit func(*Incident)) {
			for range 100_000 {
				admit(failure("http://a", "connection_refused"))
			}
		}, maxRecords, []string{"error=connection_refused upstream=http://a status=502 count=99990 within=1m0s"}},
		{"a storm of an hour: ten and a number a minute", func(admit func(*Incident)) {
			for range 60 * 600 {
				admit(failure("http://a", "connection_refused"))
				time.Sleep(time.Hour / (60 * 600))
			}
		}, 60 * maxRecords, repeated("count=590", 60)},
		{"another upstream is another kind", func(admit func(*Incident)) {
			for range 20 {
				admit(failure("http://a", "connection_refused"))
				admit(failure("http://b", "connection_refused"))
			}
		}, 2 * maxRecords, []string{"upstream=http://a status=502 count=10", "upstream=http://b status=502 count=10"}},
		{"another error is another kind", func(admit func(*Incident)) {
			for range 20 {
				admit(failure("http://a", "connection_refused"))
				admit(failure("http://a", "dns_error"))
			}
		}, 2 * maxRecords, []string{"error=connection_refused", "error=dns_error"}},
		{"too many kinds: those beyond count together", func(admit func(*Incident)) {
			for i := range maxKinds + 1000 {
				admit(failure(fmt.Sprint("http://", i), "connection_refused"))
			}
		}, maxKinds + maxRecords, []string{"failures of many kinds, more of the same"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				g := recordLimiter{log: slog.New(slog.NewTextHandler(&out, nil))}
				records := 0
				c.fail(func(i *Incident) {
					if g.admits(kindOf(slog.LevelError, "upstream failed", i)) {
						records++
					}
				})
				time.Sleep(2 * recordWindow)
				synctest.Wait()
				lines := strings.Split(strings.TrimSpace(out.String()), "\n")
				if out.Len() == 0 {
					lines = nil
				}
				if records != c.records || len(lines) != len(c.counters) {
					t.Fatalf("%d records and %d lines with numbers, want %d and %d:\n%.500s", records, len(lines), c.records, len(c.counters), &out)
				}
				for _, want := range c.counters {
					if !strings.Contains(out.String(), want) {
						t.Errorf("no line with %q:\n%.500s", want, &out)
					}
				}
				if len(g.kinds) != 0 {
					t.Errorf("%d kinds are still counted", len(g.kinds))
				}
			})
		})
	}
}

func repeated(text string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = text
	}
	return all
}
