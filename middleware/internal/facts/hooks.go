package facts

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"net/http/httptrace"
	"reflect"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// traced answers the keys that [httptrace] keeps its hooks by.
var traced = httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{ConnectStart: func(_, _ string) {}})

// IsHook reports a key that [httptrace] keeps its hooks by.
func IsHook(key any) bool { return traced.Value(key) != nil }

// Value returns the hooks of the RoundTrip, else what its context has. What
// [httptrace.WithClientTrace] makes for diallers is made when one asks for it: most requests
// find a connection.
func (p *RoundTrip) Value(key any) any {
	switch traced.Value(key).(type) {
	case nil:
		return p.Context.Value(key)
	case *httptrace.ClientTrace:
		return &p.trace
	}
	made := p.dialling.Load()
	if made == nil { // two diallers at once may make one each
		hooks := httptrace.WithClientTrace(context.Background(), p.dialTrace())
		made = &hooks
		p.dialling.Store(made)
	}
	return (*made).Value(key)
}

// dialTrace returns all the hooks that there are for a dialler. That for the end of a look-up is
// only wanted where the transport may hide its error.
func (p *RoundTrip) dialTrace() *httptrace.ClientTrace {
	if p.trace.TLSHandshakeDone == nil { // see listen
		return &p.trace
	}
	all := p.trace
	theirs := all.DNSDone
	all.DNSDone = func(info httptrace.DNSDoneInfo) {
		p.dnsDone(info)
		if theirs != nil {
			theirs(info)
		}
	}
	return &all
}

// listen makes the hooks. Those that the request brought are called after ours, as
// [httptrace.WithClientTrace] does it; that of a ReverseProxy, for 1xx answers, is kept as
// it is. What a handshake came to is only wanted of a RoundTripper of somebody else's: that of
// net/http wraps what a dialler told it.
func (p *RoundTrip) listen(base http.RoundTripper, theirs *httptrace.ClientTrace) {
	isOurs := func(t *httptrace.ClientTrace) bool {
		return t.GetConn != nil || t.DNSStart != nil || t.ConnectStart != nil || t.ConnectDone != nil || t.TLSHandshakeStart != nil ||
			t.TLSHandshakeDone != nil || t.GotConn != nil || t.WroteHeaders != nil || t.WroteRequest != nil || t.GotFirstResponseByte != nil
	}
	isShared := theirs != nil && isOurs(theirs)
	if theirs != nil && !isShared {
		p.trace = *theirs
	}
	p.trace.GetConn, p.trace.GotConn = p.getConn, p.gotConn
	p.trace.DNSStart, p.trace.ConnectStart, p.trace.ConnectDone = p.dnsStart, p.connectStart, p.connectDone
	p.trace.TLSHandshakeStart = p.tlsHandshakeStart
	if _, ok := base.(*http.Transport); !ok {
		p.trace.TLSHandshakeDone = p.tlsHandshakeDone
	}
	p.trace.WroteHeaders, p.trace.WroteRequest = p.wroteHeaders, p.wroteRequest
	p.trace.GotFirstResponseByte = p.gotFirstResponseByte
	if isShared {
		p.trace = *httptrace.ContextClientTrace(httptrace.WithClientTrace(p.Context, &p.trace))
	}
}

// maxRepeats is how often a transport may send one request over a new connection, or over
// the same one again. It does so a few times for good reasons; more than that is a loop
// (golang/go#52459).
const maxRepeats = 8

var (
	errTooSlow  = errors.New("a time limit of the gateway has passed")
	errRepeated = fmt.Errorf("the transport repeated the request more than %d times", maxRepeats)
)

func (p *RoundTrip) getConn(string) {
	p.waiting.count() // it may be sent again, after some of a body
	t, isCapped := p.recorder, false
	p.note(func(f *progress) {
		f.Step, f.Attempts = diagnosis.StepPool, f.Attempts+1
		if t.others != nil {
			t.others.told = nil
		}
		f.Looped = t.repeats >= maxRepeats
		isCapped = f.Looped
		t.watch.restart()
	})
	if isCapped {
		p.end(errRepeated)
	}
}

func (p *RoundTrip) dnsStart(info httptrace.DNSStartInfo) {
	p.dial(diagnosis.StepLookup)
	p.recorder.looksUp(info.Host)
}

func (p *RoundTrip) connectStart(_, address string) {
	p.dial(diagnosis.StepDial)
	p.recorder.dials(address)
}

// connectDone is told of each address that was dialled, of two at once too. What counts is
// the first that failed by itself; one that was given up, as another was faster, did not.
func (p *RoundTrip) connectDone(_, _ string, err error) {
	switch {
	case err == nil:
		p.dial(diagnosis.StepConnected)
	case !isCancelled(err):
		p.tell(diagnosis.StepDial, err)
	}
}

func (p *RoundTrip) dnsDone(info httptrace.DNSDoneInfo) {
	if info.Err != nil {
		p.tell(diagnosis.StepLookup, info.Err)
	}
}

func (p *RoundTrip) tlsHandshakeDone(_ tls.ConnectionState, err error) {
	if err != nil {
		p.tell(diagnosis.StepTLS, err)
	}
}

// tell keeps the first error of the furthest step: RoundTrippers may hide it.
func (p *RoundTrip) tell(s diagnosis.Step, err error) {
	p.note(func(f *progress) {
		if f.Step > s {
			return // another address was faster
		}
		if more := p.recorder.more(); more.told == nil || more.toldAt < s {
			more.told, more.toldAt = err, s
		}
	})
}

func isCancelled(err error) (is bool) {
	defer func() { _ = recover() }() // a dialler's own, whose methods may panic
	return errors.Is(err, context.Canceled)
}

func (p *RoundTrip) tlsHandshakeStart() { p.dial(diagnosis.StepTLS) }

func (p *RoundTrip) gotConn(info httptrace.GotConnInfo) {
	t, conn := p.recorder, identityOf(info.Conn)
	p.note(func(f *progress) {
		if t.via.GotConn != nil {
			t.via.GotConn(p.out.URL)
		}
		if f.GotConn { // again: over the same only where that is certain
			f.Moved = f.Moved || t.conn != conn || !reflect.ValueOf(info.Conn).Comparable()
		}
		t.secure, _ = info.Conn.(*tls.Conn)
		f.Step, f.GotConn, f.Reused = diagnosis.StepConn, true, info.Reused
		f.Got++
		t.watch.reach(diagnosis.StepConn)
		if !info.Reused || t.conn == conn {
			t.repeats++ // others are connections from the pool that had died there: there are only so many
		}
		if t.conn == conn {
			f.Resent++ // HTTP/1.1 never takes a connection twice for one request
		} else {
			t.conn, f.Resent = conn, 0
		}
	})
}

var seed = maphash.MakeSeed()

// identityOf tells a connection from others. One that a dialler made of a value which Go
// cannot compare is known by its address.
func identityOf(c net.Conn) (id uint64) {
	if reflect.ValueOf(c).Comparable() {
		return maphash.Comparable(seed, c)
	}
	defer func() { _ = recover() }() // its methods are the host program's
	return maphash.String(seed, c.LocalAddr().String())
}

func (p *RoundTrip) wroteHeaders() {
	p.note(func(f *progress) { f.Step, f.Wrote = max(f.Step, diagnosis.StepHeaders), true })
}

func (p *RoundTrip) wroteRequest(info httptrace.WroteRequestInfo) {
	if info.Err == nil {
		p.reach(diagnosis.StepSent)
		p.waiting.count()
	}
}

func (p *RoundTrip) gotFirstResponseByte() { p.reach(diagnosis.StepHead) }
