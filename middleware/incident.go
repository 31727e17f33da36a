package middleware

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// An Incident is one failed exchange as reported. It holds internal names: it is for
// the operator, never for a visitor.
type Incident struct {
	Reference string // as shown to the visitor, such as "7KQ2-M9XD"
	Trace     string // trace or X-Request-Id that the request came with; empty: none
	diagnosis.Diagnosis
	Verdict  diagnosis.Verdict
	Err      error         // what the transport said; nil when the upstream chose the status itself
	Upstream string        // scheme and host:port; empty when none was asked
	Sent     int           // status that the visitor got, also of another handler that stood in; 0: not known yet
	BytesOut int64         // body bytes that had gone to the visitor before it failed
	Attempts int           // connections the transport asked for
	Started  time.Time     // when the request came in
	Duration time.Duration // until it failed
	Times    Times         // of the last attempt
}

// Times are how long the phases of an exchange took. Zero: not reached, or nothing to do.
type Times struct {
	Lookup  time.Duration // until the name had an address
	Connect time.Duration // until the connection could be used, TLS included
	Send    time.Duration // until the request was written
	Receive time.Duration // until the answer's head had come, or the failure
}

// IncidentOf returns the incident of the exchange that ctx belongs to, or nil while
// nothing has failed.
func IncidentOf(ctx context.Context) *Incident {
	if x := exchangeOf(ctx); x != nil {
		return x.incident.reported()
	}
	return nil
}

// A failure is an incident with what its answer and its report need besides.
type failure struct {
	Incident
	trips     int16  // how many RoundTrips had begun
	told      bool   // the operator was told
	failures  int    // of this upstream in the last minute, this one included
	statusKey string // for the endpoint "status"; empty: it would know nothing
	passes    bool   // waiting can help, be it that nobody may repeat this very request
}

// reported is the failure as the host program sees it.
func (f *failure) reported() *Incident {
	if f == nil {
		return nil
	}
	return &f.Incident
}

// whereNobodyKnows is what is said to a visitor who seems to have left, if he is there.
func (f *failure) whereNobodyKnows() diagnosis.Diagnosis {
	d := diagnosis.Diagnosis{Status: http.StatusGatewayTimeout, Party: diagnosis.Unknown, Outcome: f.Outcome, Retryable: true}
	if f.Phase == diagnosis.Send {
		d.Status = http.StatusBadRequest // the rest of a body did not come
	}
	return d
}

// shown is the diagnosis that a visitor is told.
func (f *failure) shown(method string) diagnosis.Diagnosis {
	if f.Gone() {
		return f.whereNobodyKnows().For(method)
	}
	return f.Diagnosis
}

// keepIncident keeps the first failure of the exchange. Where a handler inside tries again, that of
// the next RoundTrip takes its place under the same reference, and the operator is told of
// both.
func (x *exchange) keepIncident(d diagnosis.Diagnosis, err error) {
	reference := ""
	if x.incident != nil {
		if x.isLast() {
			return
		}
		x.report()
		reference = x.incident.Reference
	}
	now := x.mw.config.Now()
	last := x.recorder.Stop()
	x.incident = &failure{trips: last.Trips, Incident: Incident{
		Reference: cmp.Or(reference, newReference()), Trace: headers.Trace(x.r.Header), Times: Times(last.Times), Diagnosis: d.For(x.ask.method),
		Err: err, Upstream: last.Upstream, Attempts: last.Attempts, Started: x.started, Duration: now.Sub(x.started),
	}, passes: d.Retryable}
	if x.wrapped() {
		x.incident.BytesOut = x.w.out
	}
	x.incident.Verdict = diagnosis.Judge(d, x.seen(d, last.Upstream, now))
}

// seen adds the failure to the evidence, where it is one of the upstream, and returns all
// there is.
func (x *exchange) seen(d diagnosis.Diagnosis, upstream string, now time.Time) (seen diagnosis.Evidence) {
	if upstream != "" && !d.Gone() && d.Party != diagnosis.Visitor && d.Party != diagnosis.Network {
		probe, isLarge := x.probe(d, upstream)
		seen, x.incident.statusKey = x.mw.memory.Failed(x.evidence(upstream, now), evidence.Failure{Unreached: d.Unreached(), Probe: probe, IsLarge: isLarge})
	}
	x.incident.failures = seen.Failures
	for _, c := range x.r.Header["Cookie"] {
		seen.CookieBytes += len(c)
	}
	seen.Side = x.mw.config.Side
	return seen
}

// report tells the operator of the incident, once.
func (x *exchange) report() {
	i := x.incident
	if i == nil || i.told {
		return
	}
	i.told = true
	if x.wrapped() && !x.w.untouched() {
		i.Sent = int(x.w.status)
	}
	level, message := slog.LevelError, "upstream failed"
	switch {
	case i.Gone():
		level, message = slog.LevelDebug, "visitor left"
	case i.Upstream == "":
		message = "request failed"
	case i.Party != diagnosis.Site && i.Party != diagnosis.Unknown:
		level, message = slog.LevelWarn, "request failed"
	}
	log := x.mw.config.Logger
	if ctx := x.r.Context(); log.Enabled(ctx, level) && (level < slog.LevelInfo || x.mw.limiter.admits(kindOf(level, message, &i.Incident))) {
		attrs := i.attrs(x.ask)
		if x.upstreamError != nil && x.upstreamError.trips == i.trips && x.upstreamError.requestID != "" {
			attrs = append(attrs, slog.String("upstream_request_id", x.upstreamError.requestID))
		}
		log.LogAttrs(ctx, level, message, attrs...)
	}
	x.mw.config.OnFailure(x.r, &i.Incident)
	x.recheck()
}

func (i *Incident) attrs(a asked) []slog.Attr {
	attrs := []slog.Attr{
		field("reference", i.Reference),
		field("error", string(i.Type)),
		field("phase", string(i.Phase)),
		field("party", string(i.Party)),
		field("outcome", string(i.Outcome)),
		field("scope", string(i.Verdict.Scope)),
		slog.Int("status", i.Status),
		field("upstream", i.Upstream),
		field("method", a.method),
		field("host", a.host),
		field("path", a.path),
		slog.Int("attempts", i.Attempts),
		slog.Int64("bytes_out", i.BytesOut),
		slog.Duration("duration", i.Duration),
	}
	for _, phase := range []struct {
		name string
		took time.Duration
	}{{"lookup", i.Times.Lookup}, {"connect", i.Times.Connect}, {"send", i.Times.Send}, {"receive", i.Times.Receive}} {
		if phase.took > 0 {
			attrs = append(attrs, slog.Duration(phase.name, phase.took))
		}
	}
	if i.Sent != 0 && i.Sent != i.Status {
		attrs = append(attrs, slog.Int("sent", i.Sent))
	}
	if i.FailFast {
		attrs = append(attrs, slog.Bool("fail_fast", true))
	}
	if i.Trace != "" {
		attrs = append(attrs, field("trace", i.Trace))
	}
	if i.Hint != "" {
		attrs = append(attrs, field("hint", i.Hint))
	}
	if i.Err != nil {
		attrs = append(attrs, field("cause", cause(i.Err)))
		if own, ok := i.Err.(*diagnosis.Error); ok && own != nil { // that of Recover, as it is
			if p, ok := own.Err.(*panicked); ok {
				attrs = append(attrs, stackField(p))
			}
		}
	}
	return attrs
}

// crockford is the base32 alphabet without letters that are mistaken when read aloud.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newReference returns 8 random characters in two groups: random, so that it tells
// nothing about the traffic, and short enough to read aloud.
func newReference() string {
	var b [8]byte
	rand.Read(b[:]) // never fails since Go 1.24
	ref := make([]byte, 0, 9)
	for i, c := range b {
		if i == 4 {
			ref = append(ref, '-')
		}
		ref = append(ref, crockford[c&31])
	}
	return string(ref)
}
