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
	maxRecords   = 10          // of one kind are written in full …
	recordWindow = time.Minute // … within this time
	maxKinds     = 256         // kinds that are told apart at once
)

// A recordLimiter lets the first records of a kind into the log, then only counts them, and
// writes the count when the time is over.
type recordLimiter struct {
	log *slog.Logger

	mu    sync.Mutex
	kinds map[recordKind]*recordCount
}

// A recordKind is what the records that count together have in common. The zero value
// stands for all that are too many to be told apart.
type recordKind struct {
	level             slog.Level
	message           string
	errorType, source string
	phase, hint       string
	status            int
}

type recordCount struct{ written, held int }

func kindOf(level slog.Level, message string, i *Incident) recordKind {
	return recordKind{level, message, string(i.Type), i.Upstream, string(i.Phase), i.Hint, i.Status}
}

// admits reports whether the record of a failure is to be written.
func (l *recordLimiter) admits(kind recordKind) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := l.kinds[kind]
	if count == nil && len(l.kinds) >= maxKinds {
		kind = recordKind{level: slog.LevelError, message: "failures of many kinds"}
		count = l.kinds[kind]
	}
	if count == nil {
		kind.errorType, kind.hint = strings.Clone(kind.errorType), strings.Clone(kind.hint) // host programs may take them from a request
		count = new(recordCount)
		if l.kinds == nil {
			l.kinds = make(map[recordKind]*recordCount)
		}
		l.kinds[kind] = count
		time.AfterFunc(recordWindow, func() { l.close(kind) })
	}
	if count.written == maxRecords {
		count.held++
		return false
	}
	count.written++
	return true
}

// close ends the time of a kind, and says what was held back.
func (l *recordLimiter) close(kind recordKind) {
	l.mu.Lock()
	held := l.kinds[kind].held
	delete(l.kinds, kind)
	l.mu.Unlock()
	if held == 0 {
		return
	}
	l.log.LogAttrs(context.Background(), kind.level, kind.message+", more of the same",
		field("error", kind.errorType),
		field("upstream", kind.source),
		slog.Int("status", kind.status),
		slog.Int("count", held),
		slog.Duration("within", recordWindow),
	)
}
