package drillthrough

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	maxRedirects = 5       // that are followed
	maxLocation  = 8 << 10 // bytes of where they lead
)

// walk walks to one address of the target, and on along its redirects.
func (c *Checker) walk(ctx context.Context, target *url.URL, address netip.Addr) Address {
	a := Address{Address: at(address, target), Result: OK}
	seen := map[string]bool{}
	for next := target; next != nil; {
		seen[next.String()] = true
		var hop Hop
		hop, next = c.hop(ctx, next, address, seen)
		a.Hops = append(a.Hops, hop)
		for _, link := range hop.Links {
			a.Result = a.Result.worse(link.Result)
		}
	}
	return a
}

func at(address netip.Addr, target *url.URL) string {
	return net.JoinHostPort(address.String(), port(target))
}

// A path is the connection of one hop, as far as it came.
type path struct {
	*Checker
	target *url.URL
	links  []Link
	conn   net.Conn // the bare one, to be closed
	tls    *tls.Conn
	h2c    bool // it is HTTP/2 without TLS
}

// hop walks one request, and returns where its answer leads; nil: nowhere.
func (c *Checker) hop(ctx context.Context, target *url.URL, address netip.Addr, seen map[string]bool) (Hop, *url.URL) {
	p := &path{Checker: c, target: target}
	hop := func() Hop { return Hop{printable(target.String(), longText), p.links} }
	if !p.connect(ctx, address) {
		return hop(), nil
	}
	defer func() { p.conn.Close() }()
	if target.Scheme == "https" && !p.handshake(ctx) {
		return hop(), nil
	}
	if c.NoRequest {
		return hop(), nil
	}
	answer := p.exchange(ctx)
	if target.Scheme == "http" {
		answer = p.otherwise(ctx, address, answer)
	}
	next := p.judge(answer, seen)
	return hop(), next
}

// connect adds the link, and reports whether it holds.
func (p *path) connect(ctx context.Context, address netip.Addr) bool {
	s := p.step(ctx)
	defer s.end()
	dial := p.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	began := time.Now()
	conn, err := await(s.ctx, func() (net.Conn, error) { return dial(s.ctx, "tcp", at(address, p.target)) }, func(late net.Conn) {
		if late != nil {
			late.Close()
		}
	})
	if err == nil && conn == nil {
		err = errors.New("no connection and no error came of Dial")
	}
	if err != nil {
		p.links = append(p.links, broken(LinkConnect, time.Since(began), s.fault(err, diagnosis.Facts{Step: diagnosis.StepDial, Attempts: 1})))
		return false
	}
	p.conn = conn
	p.links = append(p.links, held(LinkConnect, time.Since(began)))
	return true
}

// judge adds the links of an exchange, and returns where it leads.
func (p *path) judge(e exchanged, seen map[string]bool) *url.URL {
	if e.sent {
		link := held(LinkSend, e.sending)
		link.Notes = append(link.Notes, "GET "+printable(p.target.RequestURI(), shortText))
		p.links = append(p.links, link)
	}
	if e.answer == nil {
		p.fail(e)
		return nil
	}
	link := held(LinkReceive, e.receiving)
	link.Answer = e.answer
	if p.h2c {
		link.Notes = append(link.Notes, "HTTP/2 without TLS (h2c): a gateway needs a transport for it")
	}
	if link.Fault = e.fault; link.Fault != nil {
		link.Result = Broken
	}
	if e.answer.Status >= 600 && e.answer.Status <= 999 {
		link.warn(fmt.Sprintf("the status %d is none of HTTP's", e.answer.Status))
	}
	next := p.redirect(&link, e.location, seen)
	p.links = append(p.links, link)
	if e.body != nil {
		p.links = append(p.links, *e.body)
	}
	return next
}

// fail adds the fault to the link that it belongs to: a refusal of the TLS handshake may
// come after it.
func (p *path) fail(e exchanged) {
	last := &p.links[len(p.links)-1]
	switch {
	case e.fault.Phase == diagnosis.Connect && (last.Name == LinkTLS || last.Name == LinkConnect):
		last.Result, last.Fault = Broken, e.fault
	case e.fault.Phase == diagnosis.Connect && len(p.links) > 1:
		p.links = p.links[:len(p.links)-1]
		p.fail(e)
	case e.fault.Phase == diagnosis.Send && !e.sent:
		p.links = append(p.links, broken(LinkSend, e.sending, e.fault))
	default:
		p.links = append(p.links, broken(LinkReceive, e.receiving, e.fault))
	}
}

// redirect returns where a redirect leads that is to be followed. It never leads to
// another host: what is there is no part of this upstream.
func (p *path) redirect(link *Link, location *url.URL, seen map[string]bool) *url.URL {
	switch {
	case location == nil || link.Result == Broken:
		return nil
	case location.Scheme != "http" && location.Scheme != "https", !strings.EqualFold(location.Hostname(), p.target.Hostname()):
		link.Notes = append(link.Notes, "it leads to another host, which is not asked")
		return nil
	case seen[location.String()]:
		link.Result = Broken
		link.Fault = newFault(&diagnosis.Error{
			Type: diagnosis.HTTPProtocolError, Err: fmt.Errorf("redirect to %s, which was asked before", location),
			Hint: "the upstream redirects in a circle: check what it takes for its own scheme, host and path, and X-Forwarded-Proto; or it wants a cookie, and the check keeps none",
		}, diagnosis.Facts{Step: diagnosis.StepResponse, GotConn: true, Wrote: true, Attempts: 1, Status: link.Answer.Status})
		return nil
	case len(seen) > maxRedirects:
		link.warn(fmt.Sprintf("it redirects more than %d times: the check stops here", maxRedirects))
		return nil
	}
	return location
}

// locationOf returns where a redirect leads, without what could be a secret.
func locationOf(res *http.Response, target *url.URL) *url.URL {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	field := res.Header.Get("Location")
	if field == "" || len(field) > maxLocation {
		return nil
	}
	location, err := target.Parse(field)
	if err != nil {
		return nil
	}
	tidy(location)
	return location
}
