package middleware

import (
	"context"
	"log/slog"
	"net"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
)

// Bounds on looking again at an upstream that cannot be connected to.
const (
	recheckAfter = 3 // failures within a minute: one may be chance
	recheckTime  = 15 * time.Second
)

// recheck looks, in the background, at an upstream that could not be connected to: the
// operator then knows whether the fault lasts, and on which of its addresses. It sends no
// request, and goes only where the transport itself goes, by its own dialler: a net.Dialer
// that forbids an address (Control) forbids it here too.
func (x *exchange) recheck() {
	i := x.incident
	if i.failures < recheckAfter || !i.Unreached() || i.Type == diagnosis.DestinationIPProhibited {
		return
	}
	base, out := x.direct()
	if base == nil || !dialsByAddress(base) || !x.mw.memory.MayCheck(i.Upstream, x.mw.config.Now()) {
		return
	}
	checker := drillthrough.Checker{TLS: base.TLSClientConfig, NoRequest: true}
	if base.DialContext != nil {
		checker.Dial, checker.Resolver = base.DialContext, resolverOf{base.DialContext, facts.PortOf(out.URL)}
	}
	url, log, values := out.URL.Scheme+"://"+out.URL.Host+"/", x.mw.config.Logger, x.values()
	reference, upstream := i.Reference, i.Upstream
	go func() {
		defer caught(log, "looking at an upstream again")
		ctx, cancel := context.WithTimeout(context.Background(), recheckTime)
		defer cancel()
		report := checker.Check(outliving{ctx, values}, url)
		level := slog.LevelWarn
		if report.Result == drillthrough.OK {
			level = slog.LevelInfo
		}
		log.LogAttrs(ctx, level, "upstream checked again",
			field("reference", reference),
			field("upstream", upstream),
			field("result", string(report.Result)),
			field("verdict", report.Verdict),
			field("fix", strings.Join(report.Fix, "; ")),
		)
	}()
}

// A resolverOf looks names up as the dialler does, which may have a resolver of its own: by
// a dial that ends where it would connect.
type resolverOf struct {
	dial dialFunc
	port string
}

// LookupNetIP implements [drillthrough.Resolver].
func (r resolverOf) LookupNetIP(ctx context.Context, network, host string) (found []netip.Addr, err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	var done httptrace.DNSDoneInfo
	conn, err := r.dial(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{DNSDone: func(info httptrace.DNSDoneInfo) {
		done = info
		end()
	}}), "tcp", net.JoinHostPort(host, r.port))
	if conn != nil {
		conn.Close() // it was quicker than the end
	}
	for _, a := range done.Addrs {
		if ip, ok := netip.AddrFromSlice(a.IP); ok && ip.Unmap().Is4() == (network == "ip4") {
			found = append(found, ip.Unmap().WithZone(a.Zone))
		}
	}
	switch {
	case len(found) > 0, done.Err != nil:
		return found, done.Err
	case len(done.Addrs) > 0, err == nil:
		return nil, &net.DNSError{Err: "no such address", Name: host, IsNotFound: true}
	}
	return nil, err
}

// LookupCNAME implements [drillthrough.Resolver]: a dialler tells none.
func (r resolverOf) LookupCNAME(context.Context, string) (string, error) { return "", nil }
