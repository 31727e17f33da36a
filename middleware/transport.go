package middleware

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
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
	return &transport{Transport: facts.Transport{Base: base}, mw: m}
}

type transport struct {
	facts.Transport
	mw       *Middleware
	circuits circuits // of a proxy; none: each request is tried
}

// failFast returns t as a proxy uses it.
func (t *transport) failFast() *transport {
	c := &t.mw.config
	if c.FailFast == 0 || c.Side == diagnosis.SideVisitor {
		return t
	}
	known := circuitsOf(t.Base, t.mw.memory, c.FailFast)
	if known.Circuits == nil {
		c.Logger.Warn("FailFast is off for a proxy: its RoundTripper, dialler or Proxy function is the program's own and may choose another way for each request")
	}
	proxy := &transport{Transport: facts.Transport{Base: t.Base}, mw: t.mw, circuits: known}
	if known.Circuits != nil {
		proxy.GotConn = func(u *url.URL) { known.Connected(proxy.Upstream(u)) }
	}
	return proxy
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := exchangeOf(req.Context())
	if x == nil || x.mw != t.mw {
		return t.Base.RoundTrip(req)
	}
	if t.circuits.Circuits == nil || req.URL == nil || len(req.URL.Host) > facts.MaxHost {
		return t.roundTrip(req, x)
	}
	now, upstream := t.mw.config.Now, t.Upstream(req.URL)
	isTrial, err := t.circuits.Refuse(upstream, now())
	if err != nil {
		x.recorder.Refuse(&t.Transport, req, err)
		return nil, err
	}
	counted := false // nor is it where base panics
	defer func() {
		if isTrial && !counted {
			t.circuits.Release(upstream)
		}
	}()
	res, err := t.roundTrip(req, x)
	if err == nil {
		return res, nil
	}
	if f := x.seenFacts(req.Context()); f.Step < diagnosis.StepConn {
		if d := diagnosis.Of(err, f); t.circuits.counts(d, err) {
			counted = true
			t.circuits.Missed(upstream, now(), fastAnswer(d, err))
		}
	}
	return nil, err
}

func (t *transport) roundTrip(req *http.Request, x *exchange) (*http.Response, error) {
	limits := &t.mw.limits
	if headers.MayWait(req) {
		limits = &t.mw.limitsOfBody
	}
	trip, upstream := x.recorder.Begin(&t.Transport, req, limits, x.answerTime())
	if trip.IsFirst() {
		x.keepEncoding()
	}
	res, err := t.Base.RoundTrip(trip.Request())
	if err != nil {
		trip.Failed(err)
		return nil, err
	}
	trip.Answered(res)
	if !mayBeFilled(res.StatusCode) {
		t.mw.memory.Answered(upstream)
	}
	if err := refuse(req, res); err != nil {
		trip.End()
		_ = res.Body.Close()
		return nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols { // ReverseProxy needs the body of that as it is
		trip.TapBody(res, headers.ProtocolOf(headers.First(res.Header, "Content-Type")).Streams())
	}
	return res, nil
}

// refuse returns an error for an answer that cannot be passed on.
func refuse(req *http.Request, res *http.Response) error {
	got := headers.First(res.Header, "Upgrade")
	switch {
	case res.StatusCode == http.StatusSwitchingProtocols && (got == "" || !strings.EqualFold(got, headers.First(req.Header, "Upgrade"))):
		return refusal(res, diagnosis.HTTPUpgradeFailed, "the upstream switched to a protocol that nobody asked for")
	case res.StatusCode < 100 || res.StatusCode > 999: // RFC 9110 §15: three digits, from 100
		return refusal(res, diagnosis.HTTPProtocolError, "the upstream sent a status that is not three digits, from 100 on")
	case res.StatusCode == http.StatusNotModified && res.ContentLength > 0:
		// That is the length of a 200 (RFC 9110 §8.6); net/http with HTTP/2 waits for a body.
		_ = res.Body.Close() // empty
		res.Body, res.ContentLength = http.NoBody, 0
	}
	return nil
}

func refusal(res *http.Response, t diagnosis.Type, hint string) error {
	return &diagnosis.Error{Type: t, Hint: hint, Err: fmt.Errorf("status %d", res.StatusCode)}
}
