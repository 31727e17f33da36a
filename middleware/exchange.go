package middleware

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/evidence"
)

// An exchange is one request through the gateway with all that is learnt on the way.
// It is used by one request's goroutine; only its witness is shared with the transport.
type exchange struct {
	mw      *Middleware
	r       *http.Request // as the visitor sent it; the hooks of a proxy get another one
	witness witness
	ask     ask
	started time.Time

	w        *writer     // set by Wrap
	before   http.Header // the response header when the request came in
	proxied  bool        // a ReverseProxy returned a response
	declared int64       // its Content-Length; -1: unknown
	emptied  bool        // nothing of its body is left: our answer takes its place
	relay    relay       // what it says itself, if it is a 5xx or to be replaced

	failures   int       // of this upstream in the last minute, this one included
	statusKey  string    // for the endpoint "status"; empty: it would know nothing
	incident   *Incident // set when the exchange failed
	answered   bool      // the answer for it is ours
	gone       bool      // the visitor left: nothing is to be sent
	returned   bool      // the wrapped handler returned without a panic
	reported   bool      // the operator was told
	panicked   bool      // Recover holds a panic of the wrapped handler
	panicValue any       // what AccessLog holds until its line is written
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

func newExchange(m *Middleware, r *http.Request) *exchange {
	return &exchange{mw: m, r: r, started: m.config.Now(), declared: -1, ask: askOf(r)}
}

// request returns r with the exchange in its context. The two share their trailers:
// net/http fills in those of its own request when the body has been read.
func (x *exchange) request(r *http.Request) *http.Request {
	if r.Trailer == nil && r.ContentLength < 0 {
		r.Trailer = make(http.Header)
	}
	return r.WithContext(withExchange(r.Context(), x))
}

// enter begins the exchange at the outermost Wrap.
func (x *exchange) enter(w http.ResponseWriter, r *http.Request) {
	if len(w.Header()) > 0 {
		x.before = maps.Clone(w.Header())
	}
	x.w = &writer{ResponseWriter: w, x: x}
	if x.r != r { // an access log outside began the exchange; what is in between may know better
		x.r, x.ask = r, askOf(r)
	}
	dropLanguageParam(r)
}

// leave ends the exchange. It runs deferred: a ReverseProxy ends a body that broke with
// a panic, and where nothing was sent yet that can still become an answer.
func (x *exchange) leave() {
	w, err := x.w, x.witness.bodyError()
	broken := x.proxied && err != nil
	switch {
	case broken && w.phase == held:
		if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
			panic(v)
		}
		w.drop()
		x.fail(w, err)
	case broken:
		x.record(x.diagnose(err), err)
	case w.answer != nil && x.returned:
		w.send() // a handler in between kept it to itself
	case w.phase == held && x.returned:
		w.settle()
	}
	x.remember(broken)
	x.report()
	switch {
	case x.gone && w.untouched():
		abort(x.r) // Nobody is there. A return would send an empty 200.
	case broken && x.returned && w.phase == committed && !x.answered:
		abort(x.r) // a handler swallowed the abort, as gin.Recovery does: half an answer would look whole
	}
}

// remember adds an exchange that went well to the evidence.
func (x *exchange) remember(broken bool) {
	t := &x.witness
	t.mu.Lock()
	upstream, status := t.upstream, t.facts.Status
	t.mu.Unlock()
	if !broken && x.incident == nil && status != 0 && !mayBeFilled(status) {
		x.mw.memory.Passed(x.evidence(upstream, x.mw.config.Now()))
	}
}

// evidence is what is remembered of the exchange.
func (x *exchange) evidence(upstream string, now time.Time) evidence.Exchange {
	visitor := x.mw.memory.Visitor(x.r.RemoteAddr, isRevealed(x.r), now)
	return evidence.Exchange{Upstream: upstream, Path: x.ask.path, Visitor: visitor, Began: x.started, Ended: now}
}

// abort ends the request visibly, as net/http and ReverseProxy do it.
func abort(r *http.Request) {
	if r.Context().Value(http.ServerContextKey) != nil {
		panic(http.ErrAbortHandler)
	}
}

// facts returns what was seen of the exchange. The context is the visitor's: that of an
// outbound request may have been ended by the host program.
func (x *exchange) facts() diagnosis.Facts {
	f := x.witness.snapshot()
	ctx := x.r.Context()
	if f.CtxErr = ctx.Err(); f.CtxErr != nil {
		f.CtxCause = context.Cause(ctx)
	}
	return f
}

// fail writes the answer for err and keeps the incident.
func (x *exchange) fail(w http.ResponseWriter, err error) {
	x.answer(w, x.diagnose(err), err)
}

func (x *exchange) diagnose(err error) diagnosis.Diagnosis {
	if err == nil {
		err = errors.New("no error was given")
	}
	f := x.facts()
	broke := x.witness.bodyError()
	f.Reading = broke != nil && errors.Is(err, broke)
	d := diagnosis.Of(err, f)
	d.ReceivedStatus = f.Status
	return d
}
