package middleware

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/facts"
)

// Bounds on failing fast.
const (
	maxCircuits    = 1024 // that are remembered; those beyond are always tried
	failuresToOpen = 3    // in a row, with no connection between
	sweepGap       = time.Second
)

// circuits are the upstreams that could not be connected to lately. A request for one that
// failed three times in a row is answered from memory for a moment, without another try;
// after that one request tries. The first connection that anybody gets ends it for all.
type circuits struct {
	moment time.Duration
	now    func() time.Time
	counts func(diagnosis.Diagnosis, error) bool
	known  sync.Map // circuitKey to *circuit: reading it takes no lock
	count  atomic.Int32

	adding sync.Mutex
	swept  time.Time // when those that are too old were looked for last
}

// A circuitKey names an upstream. Where a request for it goes depends on nothing else:
// see [newCircuits].
type circuitKey struct{ scheme, host string }

func circuitKeyOf(u *url.URL) circuitKey { return circuitKey{u.Scheme, u.Host} }

// A circuit is one of them. It is there from the first failure until a connection is, or
// until it is too old to mean anything.
type circuit struct {
	mu       sync.Mutex
	failures int
	failed   time.Time        // last
	until    time.Time        // nobody tries before
	answer   *diagnosis.Error // the last failure, for all who do not try; never changed
}

var errFailFast = errors.New("not tried, as it failed just before")

// newCircuits returns nil where a request can choose its way, as with a dialler that looks
// at it: its failures would be told to others, who would have gone another one.
func newCircuits(base http.RoundTripper, moment time.Duration, now func() time.Time) *circuits {
	t, ok := base.(*http.Transport)
	if !ok || len(facts.ForeignWays(t)) > 0 || !dialsByAddress(t) || !choosesProxyByAddress(t) {
		return nil
	}
	return &circuits{moment: moment, now: now, counts: countedOf(t)}
}

// countedOf returns which failures say that others will fail too. A timeout may be that of
// one slow moment, the gateway's own shortages are not the upstream's, the visitor may have
// left, and code of the host program may have refused this request alone.
func countedOf(t *http.Transport) func(diagnosis.Diagnosis, error) bool {
	looksUp := t.DialContext == nil // a dialler may ask a resolver for each request
	tls := t.TLSClientConfig
	handshakes := t.GetProxyConnectHeader == nil && t.OnProxyConnectResponse == nil &&
		(tls == nil || tls.GetClientCertificate == nil && tls.VerifyConnection == nil && tls.VerifyPeerCertificate == nil)
	return func(d diagnosis.Diagnosis, err error) bool {
		switch d.Type {
		case diagnosis.ConnectionRefused, diagnosis.DestinationIPUnroutable:
			return d.Party == diagnosis.Site && isOfConnect(err)
		case diagnosis.DNSError:
			return d.Party == diagnosis.Site && looksUp
		case diagnosis.TLSCertificateError, diagnosis.TLSProtocolError, diagnosis.TLSAlertReceived:
			return d.Party == diagnosis.Site && handshakes
		}
		return false
	}
}

// isOfConnect reports what the operating system said to connect(2), ConnectEx on Windows:
// not the word of a forward proxy, or of a net.Dialer's Control.
func isOfConnect(err error) bool {
	call, ok := errors.AsType[*os.SyscallError](err)
	return ok && strings.HasPrefix(call.Syscall, "connect")
}

// refuse returns the failure to answer with, or nil for a request that shall try. isTrial
// says that it tries for all others, who do not wait for it.
func (cs *circuits) refuse(key circuitKey) (isTrial bool, err error) {
	if cs.count.Load() == 0 {
		return false, nil
	}
	v, ok := cs.known.Load(key)
	if !ok {
		return false, nil
	}
	c, now := v.(*circuit), cs.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.failures < failuresToOpen, cs.isOld(c, now):
		return false, nil
	case now.Before(c.until):
		return false, c.answer
	}
	c.until = cs.next(now) // should this one take long, another one tries then
	return true, nil
}

// next is when the next request tries. Gateways of one fleet shall not try in step.
func (cs *circuits) next(now time.Time) time.Time {
	return now.Add(time.Duration((0.75 + rand.Float64()/2) * float64(cs.moment)))
}

// isOld reports a circuit that says nothing any more: its lock is held. A clock that was set
// back makes it old too.
func (cs *circuits) isOld(c *circuit, now time.Time) bool {
	return now.Sub(c.failed).Abs() > time.Minute+2*cs.moment
}

// connected notes that a request has a connection: whatever comes of it, the way is there.
func (cs *circuits) connected(key circuitKey) {
	if cs == nil || cs.count.Load() == 0 {
		return
	}
	if _, ok := cs.known.LoadAndDelete(key); ok {
		cs.count.Add(-1)
	}
}

// release lets the next request try: the one that tried for all found nothing out.
func (cs *circuits) release(key circuitKey) {
	v, ok := cs.known.Load(key)
	if !ok {
		return
	}
	c := v.(*circuit)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = time.Time{}
}

// missed notes a failure that counts.
func (cs *circuits) missed(key circuitKey, d diagnosis.Diagnosis, err error) {
	now := cs.now()
	c := cs.circuit(key, now)
	if c == nil {
		return
	}
	answer := &diagnosis.Error{Type: d.Type, Status: d.Status, NotSent: true, FailFast: true, Hint: d.Hint, Err: fmt.Errorf("%w: %s", errFailFast, err)} // the error itself may hold the request
	c.mu.Lock()
	defer c.mu.Unlock()
	if cs.isOld(c, now) {
		c.failures = 0
	}
	c.failures++
	c.failed = now
	if c.failures >= failuresToOpen {
		c.until, c.answer = cs.next(now), answer
	}
}

// circuit returns that of an upstream, a new one where there is none; nil: there are too many.
func (cs *circuits) circuit(key circuitKey, now time.Time) *circuit {
	if v, ok := cs.known.Load(key); ok {
		return v.(*circuit)
	}
	cs.adding.Lock()
	defer cs.adding.Unlock()
	if cs.count.Load() >= maxCircuits {
		cs.sweep(now)
	}
	if cs.count.Load() >= maxCircuits || len(key.host) > facts.MaxHost {
		return nil
	}
	key = circuitKey{strings.Clone(key.scheme), strings.Clone(key.host)} // maybe pieces of a request line
	v, loaded := cs.known.LoadOrStore(key, &circuit{failed: now})
	if !loaded {
		cs.count.Add(1)
	}
	return v.(*circuit)
}

// sweep forgets what is old, so that hosts which somebody made up take no place for good.
func (cs *circuits) sweep(now time.Time) {
	if now.Sub(cs.swept).Abs() < sweepGap {
		return
	}
	cs.swept = now
	cs.known.Range(func(key, v any) bool {
		c := v.(*circuit)
		c.mu.Lock()
		old := cs.isOld(c, now)
		c.mu.Unlock()
		if old && cs.known.CompareAndDelete(key, v) {
			cs.count.Add(-1)
		}
		return true
	})
}
