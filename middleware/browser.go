package middleware

import (
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// maxBrowserKey is how many bytes of each field are remembered: [pages.BrowserOf] reads no more.
const maxBrowserKey = 512

// A browserKey is what [pages.BrowserOf] reads.
type browserKey struct{ agent, brands, platform string }

// browserOf remembers what it reads, as the fields are lists that take longer than a page.
func (m *Middleware) browserOf(h http.Header) pages.Browser {
	key := browserKey{headers.First(h, "User-Agent"), headers.First(h, "Sec-Ch-Ua"), headers.First(h, "Sec-Ch-Ua-Platform")}
	if len(key.agent) > maxBrowserKey || len(key.brands) > maxBrowserKey || len(key.platform) > maxBrowserKey {
		return pages.BrowserOf(h)
	}
	b, ok := m.browsers.get(key)
	if !ok {
		b = pages.BrowserOf(h)
		key.agent, key.brands, key.platform = strings.Clone(key.agent), strings.Clone(key.brands), strings.Clone(key.platform)
		m.browsers.put(key, b)
	}
	return b
}
