package middleware

import (
	"context"
	"hash/maphash"
	"net"
	"net/http/httptrace"
	"reflect"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// traced answers the keys that [httptrace] keeps its hooks by.
var traced = httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{ConnectStart: func(_, _ string) {}})

// Value returns the hooks of the trip, else what its context has. What
// [httptrace.WithClientTrace] makes for diallers is made when one asks for it: most requests
// find a connection.
func (p *trip) Value(key any) any {
	switch traced.Value(key).(type) {
	case nil:
		return p.Context.Value(key)
	case *httptrace.ClientTrace:
		return &p.trace
	}
	made := p.dialling.Load()
	if made == nil { // two diallers at once may make one each
		hooks := httptrace.WithClientTrace(context.Background(), &p.trace) // which has all there are
		made = &hooks
		p.dialling.Store(made)
	}
	return (*made).Value(key)
}

// listen makes the hooks. Those that the request brought are called after ours, as
// [httptrace.WithClientTrace] does it; that of a ReverseProxy, for 1xx answers, is kept as
// it is.
func (p *trip) listen(theirs *httptrace.ClientTrace) {
	isOurs := func(t *httptrace.ClientTrace) bool {
		return t.GetConn != nil || t.DNSStart != nil || t.ConnectStart != nil || t.ConnectDone != nil || t.TLSHandshakeStart != nil ||
			t.GotConn != nil || t.WroteHeaders != nil || t.WroteRequest != nil || t.GotFirstResponseByte != nil
	}
	isShared := theirs != nil && isOurs(theirs)
	if theirs != nil && !isShared {
		p.trace = *theirs
	}
	p.trace.GetConn, p.trace.GotConn = p.getConn, p.gotConn
	p.trace.DNSStart, p.trace.ConnectStart, p.trace.ConnectDone = p.dnsStart, p.connectStart, p.connectDone
	p.trace.TLSHandshakeStart = p.tlsHandshakeStart
	p.trace.WroteHeaders, p.trace.WroteRequest = p.wroteHeaders, p.wroteRequest
	p.trace.GotFirstResponseByte = p.gotFirstResponseByte
	if isShared {
		p.trace = *httptrace.ContextClientTrace(httptrace.WithClientTrace(p.Context, &p.trace))
	}
}

func (p *trip) getConn(string) {
	p.waiting.count() // it may be sent again, after some of a body
	t := &p.exchange.witness
	t.note(func(f *progress) {
		f.Step, f.Attempts = diagnosis.StepPool, f.Attempts+1
		f.Capped = t.repeats >= maxRepeats
		t.watch.restart()
	})
	if t.snapshot().Capped {
		p.end(errRepeated)
	}
}

func (p *trip) dnsStart(info httptrace.DNSStartInfo) {
	p.exchange.witness.dial(diagnosis.StepLookup)
	p.exchange.witness.looksUp(info.Host)
}

func (p *trip) connectStart(_, address string) {
	p.exchange.witness.dial(diagnosis.StepDial)
	p.exchange.witness.dials(address)
}

func (p *trip) connectDone(_, _ string, err error) {
	if err == nil {
		p.exchange.witness.dial(diagnosis.StepConnected)
	}
}

func (p *trip) tlsHandshakeStart() { p.exchange.witness.dial(diagnosis.StepTLS) }

func (p *trip) gotConn(info httptrace.GotConnInfo) {
	t, conn := &p.exchange.witness, identityOf(info.Conn)
	t.note(func(f *progress) {
		t.last.circuits.connected(circuitKeyOf(p.out.URL))
		f.Step, f.GotConn, f.Reused = diagnosis.StepConn, true, info.Reused
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

// identityOf tells a connection from others. One that a dialler made of a value which Go
// cannot compare is known by its address.
func identityOf(c net.Conn) (id uint64) {
	if reflect.ValueOf(c).Comparable() {
		return maphash.Comparable(seed, c)
	}
	defer func() { _ = recover() }() // its methods are the host program's
	return maphash.String(seed, c.LocalAddr().String())
}

func (p *trip) wroteHeaders() {
	p.exchange.witness.note(func(f *progress) { f.Step, f.Wrote = max(f.Step, diagnosis.StepHeaders), true })
}

func (p *trip) wroteRequest(info httptrace.WroteRequestInfo) {
	if info.Err == nil {
		p.exchange.witness.reach(diagnosis.StepSent)
		p.waiting.count()
	}
}

func (p *trip) gotFirstResponseByte() { p.exchange.witness.reach(diagnosis.StepHead) }
