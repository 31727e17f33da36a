package facts

import (
	"crypto/tls"
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// attempts are what is known of the RoundTrips of an exchange besides the last one's progress.
// There is something where one failed, or was followed by another. They are kept apart, as
// there is a recorder for each request.
type attempts struct {
	current *RoundTrip     // the last; nil: the exchange's own, which is the first
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

// maxRoundTrips is how many RoundTrips are remembered besides the last.
const maxRoundTrips = 16

// noRoundTrip stands for one that was refused before it began.
var noRoundTrip = new(RoundTrip)

// more makes room for what is known besides.
func (r *Recorder) more() *attempts {
	if r.others == nil {
		r.others = new(attempts)
	}
	return r.others
}

// isCurrent reports that p is the last RoundTrip. What happens in others, whose dials may go
// on in the background, tells nothing of that.
func (r *Recorder) isCurrent(p *RoundTrip) bool {
	if r.others == nil || r.others.current == nil {
		return p.IsFirst()
	}
	return r.others.current == p
}

// next keeps what is known of the last RoundTrip, if there is one, before p takes its place.
func (r *Recorder) next(p *RoundTrip) {
	if r.out != nil {
		more := r.more()
		if len(more.before) == maxRoundTrips {
			more.before, more.dropped = slices.Delete(more.before, 0, 1), true
		}
		more.before = append(more.before, r.latest())
		more.err, more.told, more.chosen, more.bodyErr = nil, nil, nil, nil
	}
	if r.others != nil || p == noRoundTrip || !p.IsFirst() {
		r.more().current = p
	}
}

// latest is the last RoundTrip as it stands.
func (r *Recorder) latest() ended {
	e := ended{out: r.out, facts: r.facts.facts(), upstream: r.upstream, progress: r.facts, watch: r.watch}
	if r.others != nil {
		e.err = r.others.err
		if r.others.toldAt >= r.facts.Step {
			e.facts.Told = r.others.told
		}
	}
	r.complete(&e.facts)
	return e
}

// failed notes the error that a RoundTrip returns.
func (r *Recorder) failed(p *RoundTrip, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p == noRoundTrip || r.isCurrent(p) {
		r.more().err = err
	}
}

// complete adds what the transport and the connection tell of themselves.
func (r *Recorder) complete(f *diagnosis.Facts) {
	f.Called = r.via != nil
	if !f.Called || f.Status != 0 {
		return
	}
	scheme := ""
	if r.out.URL != nil {
		scheme = r.out.URL.Scheme
	}
	direct := r.via.asksFirst(scheme)
	f.NotTried = direct != nil && f.Step == diagnosis.StepNone
	f.Elsewhere = r.facts.Unseen || r.facts.Got > 1 || !isIdle(r.out)
	if direct != nil { // it takes a connection again only where the HTTP/2 stream was refused
		f.Elsewhere = r.facts.Moved
		f.Unlimited = direct.MaxConnsPerHost == 0
		if f.Step == diagnosis.StepConnected && direct.Proxy == nil {
			f.Step = diagnosis.StepDial // the dialler goes on, with whatever else it does
			if scheme == "https" && direct.DialTLSContext != nil {
				f.Step = diagnosis.StepTLS
			}
		}
	}
	if f.Step >= diagnosis.StepConn && !f.Reused {
		f.TLS13 = r.secure != nil && r.secure.ConnectionState().Version == tls.VersionTLS13
	}
}

// isIdle reports a request that a RoundTripper of somebody else's cannot have sent before without
// a trace and to any effect: a body would have been read, and a safe method has no effect.
func isIdle(req *http.Request) bool {
	return diagnosis.Safe(req.Method) || req.Body != nil && req.Body != http.NoBody
}

// asksFirst returns the transport where it is net/http's own and asks for a connection before
// it sends anything, else nil. What is registered for other schemes is looked up once: a program
// registers such things before it sends requests.
func (t *Transport) asksFirst(scheme string) *http.Transport {
	base, ok := t.Base.(*http.Transport)
	if !ok {
		return nil
	}
	foreign := t.foreign.Load()
	if foreign == nil {
		schemes := ForeignWays(base)
		foreign = &schemes
		t.foreign.Store(foreign)
	}
	if slices.Contains(*foreign, scheme) {
		return nil
	}
	return base
}

// ForeignWays returns the schemes for which a RoundTripper of somebody else's is registered.
// Only reflection tells.
func ForeignWays(t *http.Transport) (schemes []string) {
	registered := reflect.ValueOf(t).Elem().FieldByName("altProto")
	if registered.Kind() != reflect.Struct || !registered.FieldByName("v").IsValid() {
		return nil
	}
	ways := registered.FieldByName("v").Elem()
	if ways.Kind() != reflect.Map {
		return nil // none
	}
	for _, scheme := range ways.MapKeys() {
		way := ways.MapIndex(scheme)
		if way.Kind() == reflect.Interface {
			way = way.Elem()
		}
		kind := way.Type()
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if at := kind.PkgPath(); at != "net/http" && at != "golang.org/x/net/http2" {
			schemes = append(schemes, scheme.String())
		}
	}
	return schemes
}

// Choose finds the RoundTrip that err is about: one that returned it, or the one of this very
// request, as a ReverseProxy has it. Of any other error nothing was seen, and what was seen of
// other requests proves nothing about it.
func (r *Recorder) Choose(req *http.Request, err error) {
	r.mu.Lock()
	if r.out == nil {
		r.mu.Unlock()
		return
	}
	last := r.latest()
	var before []ended
	var broke error
	if r.others != nil {
		before, broke = r.others.before, r.others.bodyErr
	}
	r.mu.Unlock()                                                     // foreign errors are asked
	isOfBody := broke != nil && len(before) == 0 && Holds(err, broke) // others may end with the same words
	if isOfBody || last.err != nil && Holds(err, last.err) || about(before, nil, err) < 0 && last.out == req {
		return
	}
	chosen := new(ended)
	if req != nil && req.URL != nil && req.URL.Host != "" {
		chosen.upstream = r.via.Upstream(req.URL)
	}
	before = slices.Clone(before)
	if i := about(before, req, err); i >= 0 {
		*chosen, before[i] = before[i], last
	} else {
		before = append(before, last)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	more := r.more()
	more.before, more.err, more.chosen = before, nil, chosen
	r.upstream, r.facts, r.watch = chosen.upstream, chosen.progress, chosen.watch
}

// about returns which RoundTrip the error is about, the latest where there are several; -1:
// none.
func about(all []ended, r *http.Request, err error) int {
	for i := range slices.Backward(all) {
		if e := all[i].err; e != nil && Holds(err, e) {
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

// Holds reports that a link of the chain is the very error, and asks no Is method: what an
// error says of itself proves nothing.
func Holds(err, link error) (is bool) {
	defer func() { _ = recover() }() // errors may be of types that cannot be compared, or panic
	if err == nil {
		return false
	}
	if err == link { // its identity counts
		return true
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { // this link alone
		return slices.ContainsFunc(joined.Unwrap(), func(e error) bool { return Holds(e, link) })
	}
	return Holds(errors.Unwrap(err), link)
}

// SentElsewhere reports that another RoundTrip than the one that the failure is about may have
// sent what the visitor wants.
func (r *Recorder) SentElsewhere() bool {
	r.mu.Lock()
	if r.others == nil {
		r.mu.Unlock()
		return false
	}
	others, dropped := r.others.before, r.others.dropped
	r.mu.Unlock()
	return dropped || slices.ContainsFunc(others, func(e ended) bool {
		return e.err == nil || diagnosis.Of(e.err, e.facts).Outcome != diagnosis.NotSent
	})
}
