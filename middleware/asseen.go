package middleware

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// asSeen returns the URL that the client asked for. Its path is that of the request line:
// what changes the path outside of us, as [http.StripPrefix] does, leaves that line as it was,
// and a browser knows no other address. A request that has none, or one that cannot be read,
// has but its URL.
func asSeen(r *http.Request) *url.URL {
	if r.RequestURI == "" || spells(pathOf(r.RequestURI), r.URL.Path) {
		return r.URL // nearly always
	}
	asked, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		return r.URL
	}
	u := *r.URL // with the scheme that a trusted proxy told
	u.Path, u.RawPath, u.RawQuery = asked.Path, asked.RawPath, asked.RawQuery
	return &u
}

// pathOf returns the path of a request target (RFC 9112 §3.2), escaped as it came. One of two
// slashes at its beginning is a path, too, not a host.
func pathOf(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, isAbsolute := strings.Cut(target, "://")
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		return rest[slash:]
	}
	if isAbsolute {
		return ""
	}
	return target // "*", or where a tunnel leads
}

// spells reports that an escaped path stands for that one.
func spells(escaped, path string) bool {
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c == '%' && i+2 < len(escaped) {
			if n, err := strconv.ParseUint(escaped[i+1:i+3], 16, 8); err == nil {
				c, i = byte(n), i+2
			}
		}
		if path == "" || path[0] != c {
			return false
		}
		path = path[1:]
	}
	return path == ""
}

// own returns the URL of a request for one of our own pages; nil: it is for none. The path is
// as the browser sees it, or what somebody outside made of it for us.
func (m *Middleware) own(r *http.Request) *url.URL {
	seen := asSeen(r)
	for _, u := range [...]*url.URL{r.URL, seen} {
		if strings.HasPrefix(u.Path, m.config.Endpoints) {
			return u
		}
	}
	// A proxy before us says what it took off. Anybody can say so, of a request of one's own.
	prefix := strings.TrimSuffix(headers.First(r.Header, "X-Forwarded-Prefix"), "/")
	rest, begins := strings.CutPrefix(m.config.Endpoints, prefix)
	if prefix == "" || !begins || len(rest) < 2 || rest[0] != '/' || !strings.HasPrefix(seen.Path, rest) {
		return nil
	}
	u := *seen
	u.Path, u.RawPath = prefix+seen.Path, ""
	return &u
}
