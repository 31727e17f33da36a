package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Transport returns a RoundTripper that uses base and gathers what the diagnosis needs:
// how far the request came, who broke a body. It keeps the time limits of the [Config],
// ends the endless repetitions of net/http (golang/go#52459), and refuses statuses that
// are not of three digits and upgrades that nobody asked for, which would make a
// ReverseProxy panic or leave a connection open. A nil base means
// [http.DefaultTransport]; base is never cloned or changed.
//
// A Transport of net/http can hang for ever after a broken HTTP/2 flow control update
// (golang/go#77331): one Transport per upstream keeps that from spreading.
func (m *Middleware) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	if t, ok := base.(*transport); ok && t.mw == m {
		return t
	}
	return &transport{base: base, mw: m}
}

type transport struct {
	base     http.RoundTripper
	mw       *Middleware
	circuits *circuits              // of a proxy; nil: each request is tried
	name     atomic.Pointer[string] // of the last upstream: mostly it is the next one's too
}

// upstreamOf names an upstream, as it is remembered and logged. A request can choose it, at a
// forward proxy say: what is longer than any host and port is cut. A scheme that the transport
// sets itself is not known here.
func (t *transport) upstreamOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	scheme, host := u.Scheme[:min(len(u.Scheme), maxScheme)], u.Host[:min(len(u.Host), maxHost)]
	if scheme == "" {
		return strings.Clone(host)
	}
	if last := t.name.Load(); last != nil && len(*last) == len(scheme)+len("://")+len(host) && strings.HasPrefix(*last, scheme) && (*last)[len(scheme):len(scheme)+len("://")] == "://" && strings.HasSuffix(*last, host) {
		return *last
	}
	name := scheme + "://" + host
	t.name.Store(&name)
	return name
}

// maxScheme is much more than the schemes that a transport takes have.
const maxScheme = 16

// failFast returns t as a proxy uses it.
func (t *transport) failFast() *transport {
	c := &t.mw.config
	if c.FailFast == 0 || c.Side == diagnosis.SideVisitor {
		return t
	}
	known := newCircuits(t.base, c.FailFast, c.Now)
	if known == nil {
		c.Logger.Warn("FailFast is off for a proxy: its RoundTripper, dialler or Proxy function is the program's own and may choose another way for each request")
	}
	return &transport{base: t.base, mw: t.mw, circuits: known}
}

// maxRepeats is how often a transport may send one request over a new connection, or over
// the same one again. It does so a few times for good reasons; more than that is a loop.
const maxRepeats = 8

var (
	errTooSlow  = errors.New("a time limit of the gateway has passed")
	errRepeated = fmt.Errorf("the transport repeated the request more than %d times", maxRepeats)
)

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := exchangeOf(req.Context())
	if x == nil || x.mw != t.mw {
		return t.base.RoundTrip(req)
	}
	if t.circuits == nil || req.URL == nil {
		return t.roundTrip(req, x)
	}
	key := circuitKeyOf(req.URL)
	isTrial, err := t.circuits.refuse(key)
	if err != nil {
		x.witness.begin(noTrip, t, req)
		x.witness.failed(noTrip, err)
		return nil, err
	}
	counted := false // nor is it where base panics
	defer func() {
		if isTrial && !counted {
			t.circuits.release(key)
		}
	}()
	res, err := t.roundTrip(req, x)
	if err == nil {
		return res, nil
	}
	if f := x.facts(req.Context()); f.Step < diagnosis.StepConn {
		if d := diagnosed(err, f); t.circuits.counts(d, err) {
			counted = true
			t.circuits.missed(key, d, err)
		}
	}
	return nil, err
}

func (t *transport) roundTrip(req *http.Request, x *exchange) (*http.Response, error) {
	trip, upstream := t.begin(req, x)
	res, err := t.base.RoundTrip(trip.request())
	trip.stopWaiting()
	if err != nil {
		trip.end(nil)
		x.witness.failed(trip, err)
		return nil, err
	}
	if !mayBeFilled(res.StatusCode) {
		t.mw.memory.Answered(upstream)
	}
	return trip.receive(res)
}
