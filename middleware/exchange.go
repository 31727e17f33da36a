package middleware

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/evidence"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// An exchange is one request through the gateway with all that is learnt on the way.
// It is used by one request's goroutine; only its recorder is shared with the
// transport. Nearly all of them go well, so that it is made in one piece: it is also the
// context of what is inside, and holds the writer and the recorder.
type exchange struct {
	context.Context // of the request from outside
	mw              *Middleware
	r               *http.Request // as the visitor sent it; the hooks of a proxy get another one
	given           *http.Request // as net/http gave it, where the exchange began …
	inside          http.Request  // … and what goes inside
	recorder        facts.Recorder
	ask             asked
	started         time.Time

	w             writer         // set by Wrap
	before        http.Header    // the header that our answer begins from: what was there as the request came in, then what keepLasting adds
	upstreamError *upstreamError // what the upstream says itself, if it is a 5xx or to be replaced
	incident      *failure       // the last failure; a handler inside may try again after one

	proxied    http.Header // of what a ReverseProxy returned; nil: it did not
	declared   int16       // the Content-Length of that, up to what may be held; -1: unknown
	hinted     bool        // a 1xx was passed on
	emptied    bool        // nothing of its body is left: our answer takes its place
	returned   bool        // the wrapped handler returned without a panic
	panicValue *any        // what AccessLog holds until its line is written
}

type exchangeKey struct{}

// wrapped reports that the exchange is within Wrap.
func (x *exchange) wrapped() bool { return x.w.x != nil }

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// Value returns the exchange itself, else what the context from outside has.
func (x *exchange) Value(key any) any {
	if _, ok := key.(exchangeKey); ok {
		return x
	}
	return x.Context.Value(key)
}

func newExchange(m *Middleware, r *http.Request) *exchange {
	return &exchange{mw: m, r: r, started: m.config.Now(), declared: -1, ask: m.askedOf(r)}
}

// request returns r with the exchange in its context. The two share their trailers:
// net/http fills in those of its own request when the body has been read.
func (x *exchange) request(r *http.Request) *http.Request {
	if r.Trailer == nil && r.ContentLength < 0 {
		r.Trailer = make(http.Header)
	}
	x.Context = r.Context()
	x.given, x.inside = r, *r.WithContext(x)
	x.tapBody()
	return &x.inside
}

// enter begins the exchange at the outermost Wrap. The request is the one that goes inside.
func (x *exchange) enter(w http.ResponseWriter, r *http.Request) {
	x.r = r
	if len(w.Header()) > 0 {
		x.before = maps.Clone(w.Header())
	}
	x.w = writer{ResponseWriter: w, x: x}
	dropLanguageParam(r)
}

// leave ends the exchange. It runs deferred: a ReverseProxy ends a body that broke with
// a panic, and where nothing was sent yet that can still become an answer.
func (x *exchange) leave() {
	w, err := &x.w, x.recorder.BodyError()
	broken := x.proxied != nil && err != nil && x.isLast()
	switch {
	case broken && w.phase == held:
		if v := recover(); v != nil && v != http.ErrAbortHandler { // net/http compares it so
			panic(v)
		}
		w.drop()
		x.fail(w, x.innermost(), err)
	case broken:
		x.keepIncident(x.diagnose(x.innermost(), err), err)
	case w.answer != nil && x.returned:
		w.send(&w.answer.message) // a handler in between kept it to itself
	case w.phase == held && x.returned:
		w.settle()
	default:
		w.checkLength()
	}
	if w.phase == replaced && x.returned && x.leavesBody() {
		x.dropBody(w)
	}
	x.remember(broken)
	x.report()
	if isWhole := x.returned && !(broken && w.phase == committed) && w.phase != severed; isWhole {
		return
	}
	if w.phase == committed || w.phase == severed {
		// Also where a handler swallowed the abort, as gin.Recovery does: half an answer would look whole.
		sever(w.ResponseWriter, x.r)
		if x.returned {
			abort(x.r)
		}
	}
}

// standIn sees a response begin whose handler saw a proxied one break before, kept it to
// itself, and makes another: then the break is told to the operator, and spoils nothing.
func (x *exchange) standIn() {
	if x.proxied == nil {
		return
	}
	err := x.recorder.BodyError()
	if err == nil || isHeadOf(x.proxied, x.w.Header()) {
		return
	}
	x.keepIncident(x.diagnose(x.innermost(), err), err)
	x.recorder.ForgetBodyError()
	x.proxied = nil
}

// isHeadOf reports a response header that a ReverseProxy wrote, whatever was added or taken out
// on the way: some handler that encodes the body may have kept it back until then.
func isHeadOf(proxied, h http.Header) bool {
	if date := headers.First(proxied, "Date"); date != "" {
		return headers.First(h, "Date") == date
	}
	for name, values := range proxied {
		if name != "Content-Length" && name != "Connection" && len(values) > 0 && headers.First(h, name) != values[0] {
			return false
		}
	}
	return true
}

// isLast reports that no RoundTrip has begun since the incident, if there is one.
func (x *exchange) isLast() bool { return x.incident == nil || x.incident.trips == x.recorder.Count() }

// remember adds an exchange that went well to the evidence.
func (x *exchange) remember(broken bool) {
	last := x.recorder.Outcome()
	failed := x.incident != nil && x.incident.trips == last.Trips
	if !broken && !failed && last.Status != 0 && !mayBeFilled(last.Status) {
		x.mw.memory.Passed(x.evidence(last.Upstream, x.mw.config.Now()))
	}
}

// evidence is what is remembered of the exchange.
func (x *exchange) evidence(upstream string, now time.Time) evidence.Exchange {
	visitor := x.mw.memory.Visitor(x.r.RemoteAddr, isRevealed(x.r), now)
	return evidence.Exchange{Upstream: upstream, Path: x.ask.path, Visitor: visitor, Began: x.started, Ended: now}
}

// seenFacts returns what was seen of the exchange. inner is the context of the request that
// failed.
func (x *exchange) seenFacts(inner context.Context) diagnosis.Facts {
	f := x.recorder.Facts()
	f.Elsewhere = f.Elsewhere || x.recorder.SentElsewhere()
	x.sawEnd(&f, inner)
	return f
}

// fail is the way of an error: it is diagnosed, becomes the exchange's incident, is answered,
// and reported where no Wrap will do that. inner is the context of the request that failed.
func (x *exchange) fail(w http.ResponseWriter, inner context.Context, err error) {
	d := x.diagnose(inner, err)
	x.keepIncident(d, err)
	switch {
	case !x.wrapped():
		defer x.report() // the answer may end in a panic
	case x.w.isDue:
		return // Wrap answers
	}
	x.answer(w)
}

func (x *exchange) diagnose(inner context.Context, err error) diagnosis.Diagnosis {
	if err == nil {
		err = errors.New("no error was given")
	}
	f := x.seenFacts(inner)
	broke := x.recorder.BodyError()
	f.InBody = broke != nil && facts.Holds(err, broke)
	d := diagnosis.Of(err, f)
	d.ReceivedStatus = f.Status
	return d
}
