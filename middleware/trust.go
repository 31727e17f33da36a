package middleware

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// TrustProxies returns a handler that lets next see the visitor's address,
// host and scheme where the peer is a proxy in one of the prefixes: as r.RemoteAddr, r.Host
// and r.URL.Scheme, changed in place so that an access log outside sees them too. It reads
// X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto, X-Real-IP and, of Forwarded (RFC
// 7239), for and proto; of each only what stands where the proxies in the prefixes write,
// and only what is valid: a proxy vouches for what it passes on. Anybody else's fields
// have no effect. No prefixes: nobody is trusted. A peer at a Unix socket has no address,
// and is not trusted either.
func TrustProxies(prefixes []netip.Prefix, next http.Handler) http.Handler {
	trusts := trust(slices.Clone(prefixes))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if peer, ok := addressOf(r.RemoteAddr); ok && trusts.has(peer) {
			trusts.reveal(r)
			r = r.WithContext(context.WithValue(r.Context(), revealedKey{}, true))
		}
		next.ServeHTTP(w, r)
	})
}

type revealedKey struct{}

// isRevealed reports a request whose visitor was named by a trusted proxy.
func isRevealed(r *http.Request) bool { return r.Context().Value(revealedKey{}) != nil }

// A trust is the list of networks whose word is taken.
type trust []netip.Prefix

func (t trust) has(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// reveal puts what the proxies say of the visitor into the request.
func (t trust) reveal(r *http.Request) {
	fors, proto := headers.Forwarded(headers.List(r.Header["Forwarded"]))
	if visitor, ok := addressOf(t.visitor(r.Header, fors)); ok {
		// With a port: ReverseProxy forwards no address without one.
		r.RemoteAddr = net.JoinHostPort(visitor.String(), "0")
	}
	if host := nearest(r.Header, "X-Forwarded-Host"); host != "" && headers.ShownHost(host) == host {
		r.Host = host
	}
	scheme := cmp.Or(nearest(r.Header, "X-Forwarded-Proto"), nearest(r.Header, "X-Forwarded-Scheme"), proto)
	if scheme = strings.ToLower(scheme); scheme == "http" || scheme == "https" {
		u := *r.URL // the original may be shared with outer handlers
		u.Scheme = scheme
		r.URL = &u
	}
}

// nearest returns the last item of a field: what is before it came from further away.
func nearest(h http.Header, name string) string { return lastOf(headers.List(h[name])) }

// visitor returns the address that the proxies name. A field that is there but names none
// is not made up for by another: that one may be the visitor's own.
func (t trust) visitor(h http.Header, fors string) string {
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		return t.nearestStranger(headers.List(lines))
	}
	if lines := h.Values("X-Real-Ip"); len(lines) > 0 {
		return lastOf(headers.List(lines))
	}
	return t.nearestStranger(fors)
}

// nearestStranger goes along the addresses from our side until one is not trusted: those
// before it may be invented.
func (t trust) nearestStranger(forwarded string) string {
	for forwarded != "" {
		address, ok := addressOf(lastOf(forwarded))
		if !ok {
			return ""
		}
		forwarded = forwarded[:max(strings.LastIndexByte(forwarded, ','), 0)]
		if !t.has(address) || forwarded == "" {
			return address.String()
		}
	}
	return ""
}

func lastOf(list string) string {
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}

// addressOf reads an IP address with or without a port. A zone means nothing elsewhere, and
// could be any text.
func addressOf(text string) (netip.Addr, bool) {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a.Addr().Unmap(), a.Addr().Zone() == ""
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap(), err == nil && a.Zone() == ""
}
