package drillthrough

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// otherwise finds out whether an upstream that was asked by HTTP/1.1, without TLS, wants
// something else. Many do not say so: they hang up.
func (p *path) otherwise(ctx context.Context, address netip.Addr, first exchanged) exchanged {
	hungUp := first.answer == nil && first.fault.Type == diagnosis.ConnectionTerminated && first.facts.Step < diagnosis.StepHead
	refused := first.answer != nil && first.answer.Status == http.StatusBadRequest // as a polite TLS server says it
	if hungUp || first.answer == nil && first.sawFrame {
		if second, ok := p.again(ctx, address); ok {
			return second
		}
	}
	if (hungUp || refused) && p.speaksTLS(ctx, address) {
		first.fault = newFault(&diagnosis.Error{
			Type: diagnosis.HTTPProtocolError, Hint: "the upstream speaks TLS on this port: use https:// in the target",
			Err: errors.New("plain HTTP was of no use, and a TLS handshake was understood"),
		}, first.facts)
	}
	return first
}

// again asks once more, by HTTP/2 without TLS, on a new connection. It reports whether
// that was understood; the path then is the new one.
func (p *path) again(ctx context.Context, address netip.Addr) (exchanged, bool) {
	second := &path{Checker: p.Checker, target: p.target, h2c: true}
	if !second.connect(ctx, address) {
		return exchanged{}, false
	}
	answer := second.exchange(ctx)
	if answer.answer == nil {
		second.conn.Close()
		return answer, false
	}
	p.conn.Close()
	*p = *second
	return answer, true
}

// speaksTLS reports whether a TLS handshake is understood, with whatever certificate:
// nothing is sent after it.
func (p *path) speaksTLS(ctx context.Context, address netip.Addr) bool {
	probe := &path{Checker: p.Checker, target: p.target}
	if !probe.connect(ctx, address) {
		return false
	}
	defer probe.conn.Close()
	s := p.step(ctx)
	defer s.end()
	config := p.tlsConfig(p.target.Hostname())
	config.InsecureSkipVerify, config.Certificates, config.GetClientCertificate = true, nil, nil
	err := tls.Client(probe.conn, config).HandshakeContext(s.ctx)
	alert, ok := errors.AsType[*net.OpError](err)
	return err == nil || ok && alert.Op == "remote error"
}
