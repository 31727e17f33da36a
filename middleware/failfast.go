package middleware

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// Bounds on failing fast.
const (
	maxCircuits    = 1024 // that are remembered; those beyond are always tried
	failuresToOpen = 3    // in a row, with no connection between
)

// circuits are the upstreams that could not be connected to lately. A request for one that
// failed three times in a row is answered from memory for a moment, without another try;
// after that one request at a time tries.
type circuits struct {
	moment time.Duration
	now    func() time.Time
	known  sync.Map // circuitKey to *circuit: reading it takes no lock
	count  atomic.Int32
}

// A circuitKey is what decides where a RoundTripper connects to, and as whom.
type circuitKey struct{ scheme, host, serverName, proxy string }

func circuitKeyOf(base http.RoundTripper, req *http.Request) circuitKey {
	key := circuitKey{scheme: req.URL.Scheme, host: req.URL.Host}
	t, ok := base.(*http.Transport)
	if !ok {
		return key
	}
	if t.TLSClientConfig != nil {
		key.serverName = t.TLSClientConfig.ServerName
	}
	if t.Proxy != nil {
		if via, err := t.Proxy(req); err == nil && via != nil {
			key.proxy = via.Redacted()
		}
	}
	return key
}

// A circuit is one of them. It is there from the first failure until a connection is.
type circuit struct {
	mu       sync.Mutex
	failures int
	until    time.Time        // nobody tries before
	trying   bool             // somebody does
	answer   *diagnosis.Error // the last failure, for all who do not try; never changed
}

var errFailFast = errors.New("not tried, as it failed just before")

// refuse returns the failure to answer with, or nil for a request that shall try. isTrial
// says that it is the one for which all others wait.
func (cs *circuits) refuse(key circuitKey) (isTrial bool, err error) {
	v, ok := cs.known.Load(key)
	if !ok {
		return false, nil
	}
	c := v.(*circuit)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.failures < failuresToOpen:
		return false, nil
	case c.trying, cs.now().Before(c.until):
		return false, c.answer
	}
	c.trying = true
	return true, nil
}

// connected notes that a request had a connection: whatever came of it, the way is there.
func (cs *circuits) connected(key circuitKey) {
	if _, ok := cs.known.LoadAndDelete(key); ok {
		cs.count.Add(-1)
	}
}

// missed notes a request that had none. Only some failures count: a timeout may be that of
// one slow moment, the gateway's own shortages are not the upstream's, and the visitor may
// have left.
func (cs *circuits) missed(key circuitKey, isTrial bool, d diagnosis.Diagnosis, err error) {
	counts := slices.Contains(countedTypes, d.Type) && d.Party == diagnosis.Site
	v, ok := cs.known.Load(key)
	if !ok {
		if !counts || cs.count.Load() >= maxCircuits || len(key.host) > maxHost {
			return
		}
		key.scheme, key.host = strings.Clone(key.scheme), strings.Clone(key.host) // pieces of a request line, maybe
		var loaded bool
		if v, loaded = cs.known.LoadOrStore(key, &circuit{}); !loaded {
			cs.count.Add(1)
		}
	}
	c := v.(*circuit)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trying = c.trying && !isTrial
	if !counts {
		return
	}
	c.failures++
	if c.failures >= failuresToOpen {
		c.until = cs.now().Add(time.Duration((0.75 + rand.Float64()/2) * float64(cs.moment)))                                                                 // gateways of one fleet shall not try in step
		c.answer = &diagnosis.Error{Type: d.Type, Status: d.Status, NotSent: true, FailFast: true, Hint: d.Hint, Err: fmt.Errorf("%w: %s", errFailFast, err)} // the error itself may hold the request
	}
}

// countedTypes are failures of looking up and connecting that no request can bring about.
var countedTypes = []diagnosis.Type{
	diagnosis.DNSError, diagnosis.ConnectionRefused, diagnosis.DestinationIPUnroutable,
	diagnosis.TLSCertificateError, diagnosis.TLSProtocolError, diagnosis.TLSAlertReceived,
}
