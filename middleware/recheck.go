package middleware

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
)

// Bounds on looking again at upstreams that cannot be connected to.
const (
	recheckAfter = 3           // failures within a minute: one may be chance
	recheckGap   = time.Minute // between two checks of one upstream
	recheckLimit = 64          // upstreams
	recheckTime  = 15 * time.Second
)

// rechecks knows which upstreams were looked at lately.
type rechecks struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// due reports whether an upstream may be looked at now.
func (c *rechecks) due(upstream string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.last[upstream]; ok && now.Sub(at).Abs() < recheckGap {
		return false
	}
	for name, at := range c.last {
		if now.Sub(at).Abs() >= recheckGap {
			delete(c.last, name)
		}
	}
	if len(c.last) >= recheckLimit {
		return false
	}
	if c.last == nil {
		c.last = make(map[string]time.Time)
	}
	c.last[upstream] = now
	return true
}

// recheck looks, in the background, at an upstream that could not be connected to: the
// operator then knows whether the fault lasts, and on which of its addresses. It sends no
// request, and goes only where the transport itself went.
func (x *exchange) recheck() {
	i := x.incident
	if i.failures < recheckAfter || !i.Unreached() {
		return
	}
	base, out := x.witness.direct()
	if base == nil || base.DialTLSContext != nil || !x.witness.goesByName() || !x.mw.rechecks.due(i.Upstream, x.mw.config.Now()) {
		return
	}
	checker := drillthrough.Checker{TLS: base.TLSClientConfig, NoRequest: true}
	url, log := out.URL.Scheme+"://"+out.URL.Host+"/", x.mw.config.Logger
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), recheckTime)
		defer cancel()
		report := checker.Check(ctx, url)
		level := slog.LevelWarn
		if report.Result == drillthrough.OK {
			level = slog.LevelInfo
		}
		log.LogAttrs(ctx, level, "upstream checked again",
			slog.String("reference", i.Reference),
			slog.String("upstream", i.Upstream),
			slog.String("result", string(report.Result)),
			slog.String("verdict", report.Verdict),
			slog.String("fix", strings.Join(report.Fix, "; ")),
		)
	}()
}
