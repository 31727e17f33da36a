package middleware

import (
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/pages"
)

const (
	maxBrowsers   = 512 // that are remembered (at most 800 KB)
	maxBrowserKey = 512 // bytes of each field; [pages.BrowserOf] reads no more
)

// A browserKey is what [pages.BrowserOf] reads.
type browserKey struct{ agent, brands, platform string }

// browserOf remembers what it reads, as the fields are lists that take longer than a page.
func (m *Middleware) browserOf(h http.Header) pages.Browser {
	key := browserKey{h.Get("User-Agent"), h.Get("Sec-Ch-Ua"), h.Get("Sec-Ch-Ua-Platform")}
	if len(key.agent) > maxBrowserKey || len(key.brands) > maxBrowserKey || len(key.platform) > maxBrowserKey {
		return pages.BrowserOf(h)
	}
	b, ok := m.browsers.get(key)
	if !ok {
		b = pages.BrowserOf(h)
		key.agent, key.brands, key.platform = strings.Clone(key.agent), strings.Clone(key.brands), strings.Clone(key.platform)
		m.browsers.put(key, b, maxBrowsers)
	}
	return b
}
