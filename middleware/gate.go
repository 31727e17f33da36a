package middleware

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Bounds on the log: an outage must not fill a disk.
const (
	gateRecords = 10          // of one kind are written in full …
	gateWindow  = time.Minute // … within this time
	gateKinds   = 256         // kinds that are told apart at once
)

// A gate lets the first records of a kind into the log, then only counts them, and
// writes the count when the time is over.
type gate struct {
	log *slog.Logger

	mu    sync.Mutex
	kinds map[failureKind]*gateCount
}

// A failureKind is what the records that count together have in common. The zero value
// stands for all that are too many to be told apart.
type failureKind struct {
	level             slog.Level
	message           string
	errorType, source string
	phase, hint       string
	status            int
}

type gateCount struct{ written, held int }

func kindOf(level slog.Level, message string, i *Incident) failureKind {
	return failureKind{level, message, string(i.Type), i.Upstream, string(i.Phase), i.Hint, i.Status}
}

// admits reports whether the record of a failure is to be written.
func (g *gate) admits(kind failureKind) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	count := g.kinds[kind]
	if count == nil && len(g.kinds) >= gateKinds {
		kind = failureKind{level: slog.LevelError, message: "failures of many kinds"}
		count = g.kinds[kind]
	}
	if count == nil {
		kind.errorType, kind.hint = strings.Clone(kind.errorType), strings.Clone(kind.hint) // host programs may take them from a request
		count = new(gateCount)
		if g.kinds == nil {
			g.kinds = make(map[failureKind]*gateCount)
		}
		g.kinds[kind] = count
		time.AfterFunc(gateWindow, func() { g.close(kind) })
	}
	if count.written == gateRecords {
		count.held++
		return false
	}
	count.written++
	return true
}

// close ends the time of a kind, and says what was held back.
func (g *gate) close(kind failureKind) {
	g.mu.Lock()
	held := g.kinds[kind].held
	delete(g.kinds, kind)
	g.mu.Unlock()
	if held == 0 {
		return
	}
	g.log.LogAttrs(context.Background(), kind.level, kind.message+", more of the same",
		field("error", kind.errorType),
		field("upstream", kind.source),
		slog.Int("status", kind.status),
		slog.Int("count", held),
		slog.Duration("within", gateWindow),
	)
}
