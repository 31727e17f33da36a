package drillthrough

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	maxHead   = 256 << 10 // bytes of a response head: what browsers take
	userAgent = "fiveohtwo-check (+https://github.com/fiveohtwo/fiveohtwo)"
)

// An exchanged is what came of a request.
type exchanged struct {
	facts     diagnosis.Facts
	sent      bool
	sending   time.Duration
	receiving time.Duration
	answer    *Answer // nil: none came
	location  *url.URL
	fault     *Fault // nil: the head is sound
	body      *Link  // nil: not read
	sawFrame  bool
}

// A witness notes how far an exchange came. The transport calls it from goroutines of
// its own, hence the lock.
type witness struct {
	mu    sync.Mutex
	facts diagnosis.Facts
	began time.Time
	sent  time.Time
}

func (w *witness) reach(s diagnosis.Step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.facts.Step = max(w.facts.Step, s)
	w.facts.Wrote = w.facts.Step >= diagnosis.StepHeaders
	if s >= diagnosis.StepSent && w.sent.IsZero() { // an answer may be noticed before the end of the sending
		w.sent = time.Now()
	}
}

func (w *witness) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		WroteHeaders: func() { w.reach(diagnosis.StepHeaders) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				w.reach(diagnosis.StepSent)
			}
		},
		GotFirstResponseByte: func() { w.reach(diagnosis.StepHead) },
	}
}

// exchanged is what was seen so far.
func (w *witness) exchanged() exchanged {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := exchanged{facts: w.facts, receiving: time.Since(w.began)}
	if e.sent = !w.sent.IsZero(); e.sent {
		e.sending = w.sent.Sub(w.began)
		e.receiving = time.Since(w.sent)
	}
	return e
}

// exchange sends the request on the path's connection, and reads the answer.
func (p *path) exchange(ctx context.Context) exchanged {
	w := &witness{began: time.Now(), facts: diagnosis.Facts{Step: diagnosis.StepConn, GotConn: true, Attempts: 1}}
	conn, protocol := p.layered()
	head := p.step(ctx)
	defer head.end()
	// The body is read under a clock of its own, so the request lives as long as both.
	life, end := context.WithCancelCause(ctx)
	defer end(nil)
	res, err := await(head.ctx, func() (*http.Response, error) {
		defer context.AfterFunc(head.ctx, func() { end(head.ctx.Err()) })()
		return p.roundTrip(httptrace.WithClientTrace(life, w.trace()), conn, protocol)
	}, func(*http.Response) {})
	e := w.exchanged()
	if patient, ok := conn.(*patientConn); ok {
		e.sawFrame = patient.sawFrame()
	}
	if err != nil {
		e.facts.TLS13 = p.tls != nil && p.tls.ConnectionState().Version == tls.VersionTLS13
		e.fault = head.fault(err, e.facts)
		return e
	}
	e.facts.Step, e.facts.Status, e.facts.Length = diagnosis.StepResponse, res.StatusCode, res.ContentLength
	e.answer = newAnswer(res)
	if e.fault = refuse(res, e.facts); e.fault == nil || e.answer.Status >= 500 {
		e.location = locationOf(res, p.target)
		body := p.step(ctx)
		defer body.end()
		defer context.AfterFunc(body.ctx, func() { end(body.ctx.Err()) })()
		e.body = body.read(res, e.facts)
	}
	return e
}

// layered returns the connection as the transport should see it, and the protocol that
// is to be spoken on it.
func (p *path) layered() (net.Conn, *http.Protocols) {
	protocol := new(http.Protocols)
	switch {
	case p.h2c:
		protocol.SetUnencryptedHTTP2(true)
		return p.conn, protocol
	case p.tls != nil && p.tls.ConnectionState().NegotiatedProtocol == "h2":
		protocol.SetHTTP2(true)
		return p.tls, protocol
	}
	protocol.SetHTTP1(true)
	if p.tls != nil {
		return newPatientConn(p.tls), protocol
	}
	return newPatientConn(p.conn), protocol
}

// roundTrip asks on that very connection. Unlike a transport's own, it never repeats a
// request: what the upstream says comes out as it is.
func (p *path) roundTrip(ctx context.Context, conn net.Conn, protocol *http.Protocols) (*http.Response, error) {
	given := func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	t := &http.Transport{
		DialContext: given, DialTLSContext: given, Protocols: protocol,
		DisableCompression: true, MaxResponseHeaderBytes: maxHead,
		HTTP2: &http.HTTP2Config{MaxReceiveBufferPerStream: maxBody, MaxReceiveBufferPerConnection: maxBody},
	}
	client, err := t.NewClientConn(ctx, p.target.Scheme, net.JoinHostPort(p.target.Hostname(), port(p.target)))
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.target.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "*/*")
	return client.RoundTrip(req)
}

// refuse returns what is wrong with an answer that came whole: no gateway could pass it
// on, or the upstream reports a failure itself.
func refuse(res *http.Response, facts diagnosis.Facts) *Fault {
	status := res.StatusCode
	var own *diagnosis.Error
	switch {
	case status == http.StatusSwitchingProtocols:
		own = &diagnosis.Error{Type: diagnosis.HTTPUpgradeFailed, Hint: "the upstream switched to a protocol that nobody asked for"}
	case status < 100 || status > 999:
		own = &diagnosis.Error{Type: diagnosis.HTTPProtocolError, Hint: "the upstream sent a status that is not three digits, from 100 on"}
	case status >= 500 && status <= 599:
		return relayed(res)
	default:
		return nil
	}
	own.Err = fmt.Errorf("status %d", status)
	return newFault(own, facts)
}
