package facts

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// A Transport is what the RoundTrips over one RoundTripper have in common.
type Transport struct {
	Base    http.RoundTripper
	GotConn func(*url.URL) // called where a connection is got; nil: nobody wants to know

	name    atomic.Pointer[string]   // of the last upstream: mostly it is the next one's too
	foreign atomic.Pointer[[]string] // schemes for which a RoundTripper of somebody else's is registered; nil: not looked up yet
}

// Bounds in bytes on the name of an upstream.
const (
	MaxHost   = 253 + 6 // a DNS name, a colon and a port
	maxScheme = 16      // much more than the schemes that a transport takes have
)

// Upstream names an upstream, as it is remembered and logged. A request can choose it, at a
// forward proxy say: what is longer than any host and port is cut. A scheme that the transport
// sets itself is not known here.
func (t *Transport) Upstream(u *url.URL) string {
	if u == nil {
		return ""
	}
	scheme, host := u.Scheme[:min(len(u.Scheme), maxScheme)], u.Host[:min(len(u.Host), MaxHost)]
	if scheme == "" {
		return strings.Clone(host)
	}
	if last := t.name.Load(); last != nil && isName(*last, scheme, host) {
		return *last
	}
	name := scheme + "://" + host
	t.name.Store(&name)
	return name
}

// isName reports that a name is that of the scheme and the host.
func isName(name, scheme, host string) bool {
	rest, ok := strings.CutPrefix(name, scheme)
	return ok && len(rest) == len("://")+len(host) && strings.HasPrefix(rest, "://") && strings.HasSuffix(rest, host)
}

// PortOf returns the port that a URL leads to.
func PortOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
