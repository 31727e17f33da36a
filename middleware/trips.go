package middleware

import (
	"crypto/tls"
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// trips are what is known of the RoundTrips of an exchange besides the last one's progress.
// There is something where one failed, or was followed by another. They are kept apart, as
// there is a witness for each request.
type trips struct {
	current *trip          // the last; nil: the exchange's own, which is the first
	err     error          // that it returned; nil: none yet
	told    error          // by httptrace, of its look-up, dial or handshake …
	toldAt  diagnosis.Step // … in which it was
	before  []ended        // the others
	dropped bool           // of which there were too many to be kept
	chosen  *ended         // the one that the failure is about; nil: the last
	bodyErr error          // from reading the upstream's body
}

// An ended is a RoundTrip with what was seen of it. It may still go on, where two run at once.
type ended struct {
	out      *http.Request
	err      error
	facts    diagnosis.Facts
	upstream string
	progress progress
	watch    stopwatch
}

// maxTrips is how many RoundTrips are remembered besides the last.
const maxTrips = 16

// noTrip stands for one that was refused before it began.
var noTrip = new(trip)

// more makes room for what is known besides.
func (t *witness) more() *trips {
	if t.others == nil {
		t.others = new(trips)
	}
	return t.others
}

// isCurrent reports that p is the last RoundTrip. What happens in others, whose dials may go
// on in the background, tells nothing of that.
func (t *witness) isCurrent(p *trip) bool {
	if t.others == nil || t.others.current == nil {
		return p.isFirst
	}
	return t.others.current == p
}

// next keeps what is known of the last RoundTrip, if there is one, before p takes its place.
func (t *witness) next(p *trip) {
	if t.out != nil {
		more := t.more()
		if len(more.before) == maxTrips {
			more.before, more.dropped = slices.Delete(more.before, 0, 1), true
		}
		more.before = append(more.before, t.latest())
		more.err, more.told, more.chosen, more.bodyErr = nil, nil, nil, nil
	}
	if !p.isFirst {
		t.more().current = p
	}
}

// latest is the last RoundTrip as it stands.
func (t *witness) latest() ended {
	e := ended{out: t.out, facts: t.facts.facts(), upstream: t.upstream, progress: t.facts, watch: t.watch}
	if t.others != nil {
		e.err = t.others.err
		if t.others.toldAt >= t.facts.Step {
			e.facts.Told = t.others.told
		}
	}
	t.complete(&e.facts)
	return e
}

// failed notes the error that a RoundTrip returns.
func (t *witness) failed(p *trip, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p == noTrip || t.isCurrent(p) {
		t.more().err = err
	}
}

// complete adds what the transport and the connection tell of themselves.
func (t *witness) complete(f *diagnosis.Facts) {
	f.Called = t.last != nil
	if !f.Called || f.Status != 0 {
		return
	}
	base, scheme := t.last.base, ""
	if t.out.URL != nil {
		scheme = t.out.URL.Scheme
	}
	direct := asksFirst(base, scheme)
	f.Refused = direct != nil && f.Step == diagnosis.StepNone
	f.Elsewhere = t.facts.Unseen || t.facts.Got > 1
	if direct != nil { // it takes a connection again only where the HTTP/2 stream was refused
		f.Elsewhere = t.facts.Got > t.facts.Resent+1
		f.Unlimited = direct.MaxConnsPerHost == 0
		if f.Step == diagnosis.StepConnected && direct.Proxy == nil {
			f.Step = diagnosis.StepDial // the dialler goes on, with whatever else it does
			if scheme == "https" && direct.DialTLSContext != nil {
				f.Step = diagnosis.StepTLS
			}
		}
	}
	if f.Step >= diagnosis.StepConn && !f.Reused {
		f.TLS13 = t.secure != nil && t.secure.ConnectionState().Version == tls.VersionTLS13
	}
}

// asksFirst returns the transport where it is net/http's own and asks for a connection before
// it sends anything, else nil. Where a way of somebody else's is registered for the scheme,
// only reflection tells.
func asksFirst(base http.RoundTripper, scheme string) *http.Transport {
	t, ok := base.(*http.Transport)
	if !ok {
		return nil
	}
	registered := reflect.ValueOf(t).Elem().FieldByName("altProto")
	if registered.Kind() != reflect.Struct || !registered.FieldByName("v").IsValid() {
		return nil
	}
	ways := registered.FieldByName("v").Elem()
	if ways.Kind() != reflect.Map {
		return t // none
	}
	way := ways.MapIndex(reflect.ValueOf(scheme))
	if !way.IsValid() {
		return t
	}
	if way.Kind() == reflect.Interface {
		way = way.Elem()
	}
	kind := way.Type()
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if at := kind.PkgPath(); at != "net/http" && at != "golang.org/x/net/http2" {
		return nil
	}
	return t
}

// choose finds the RoundTrip that err is about: one that returned it, or the one of this very
// request, as a ReverseProxy has it. Of any other error nothing was seen, and what was seen of
// other requests proves nothing about it.
func (t *witness) choose(r *http.Request, err error) {
	t.mu.Lock()
	if t.out == nil {
		t.mu.Unlock()
		return
	}
	last := t.latest()
	var before []ended
	if t.others != nil {
		before = t.others.before
	}
	t.mu.Unlock() // foreign errors are asked
	if last.err != nil && holds(err, last.err) || about(before, nil, err) < 0 && last.out == r {
		return
	}
	chosen := new(ended)
	if r != nil && r.URL != nil && r.URL.Host != "" {
		chosen.upstream = t.last.upstreamOf(r.URL)
	}
	before = slices.Clone(before)
	if i := about(before, r, err); i >= 0 {
		*chosen, before[i] = before[i], last
	} else {
		before = append(before, last)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	more := t.more()
	more.before, more.err, more.chosen = before, nil, chosen
	t.upstream, t.facts, t.watch = chosen.upstream, chosen.progress, chosen.watch
}

// about returns which RoundTrip the error is about, the latest where there are several; -1:
// none.
func about(all []ended, r *http.Request, err error) int {
	for i := range slices.Backward(all) {
		if e := all[i].err; e != nil && holds(err, e) {
			return i
		}
	}
	for i := range slices.Backward(all) {
		if r != nil && all[i].out == r {
			return i
		}
	}
	return -1
}

// holds reports that a link of the chain is the very error, and asks no Is method: what an
// error says of itself proves nothing.
func holds(err, link error) (is bool) {
	defer func() { _ = recover() }() // errors may be of types that cannot be compared, or panic
	if err == nil {
		return false
	}
	if err == link { //nolint:errorlint // its identity counts
		return true
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // this link alone
		return slices.ContainsFunc(joined.Unwrap(), func(e error) bool { return holds(e, link) })
	}
	return holds(errors.Unwrap(err), link)
}

// sentElsewhere reports that another RoundTrip than the one that the failure is about may have
// sent what the visitor wants.
func (t *witness) sentElsewhere() bool {
	t.mu.Lock()
	if t.others == nil {
		t.mu.Unlock()
		return false
	}
	others, dropped := t.others.before, t.others.dropped
	t.mu.Unlock()
	return dropped || slices.ContainsFunc(others, func(e ended) bool {
		return e.err == nil || diagnosis.Of(e.err, e.facts).Outcome != diagnosis.NotSent
	})
}
