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
	circuits *circuits              // nil: each request is tried
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
	if t.mw.config.FailFast == 0 || t.mw.config.Side == diagnosis.SideVisitor {
		return t
	}
	return &transport{base: t.base, mw: t.mw, circuits: &circuits{moment: t.mw.config.FailFast, now: t.mw.config.Now}}
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
	if t.circuits == nil {
		return t.roundTrip(req, x)
	}
	key := circuitKeyOf(t.base, req)
	isTrial, err := t.circuits.refuse(key)
	if err != nil {
		x.witness.begin(noTrip, t, req)
		x.witness.failed(noTrip, err)
		return nil, err
	}
	tried := false // also where base panics, others shall be able to try
	defer func() {
		if !tried {
			t.circuits.missed(key, isTrial, diagnosis.Diagnosis{}, nil)
		}
	}()
	res, err := t.roundTrip(req, x)
	tried = true
	if f := x.facts(req.Context()); err == nil || f.GotConn {
		t.circuits.connected(key)
	} else {
		t.circuits.missed(key, isTrial, diagnosis.Of(err, f), err)
	}
	return res, err
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
