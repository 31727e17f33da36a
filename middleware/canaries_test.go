package middleware_test

import (
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// TestScriptOnlyWhereItCanAsk: a page has a script where the gateway can say whether trying
// again helps. Its policy names what it may ask then, and forbids all scripts else.
func TestScriptOnlyWhereItCanAsk(t *testing.T) {
	t.Parallel()
	config := middleware.Config{
		Canaries: []string{"https://canary.example/alive"},
		Brands:   map[string]pages.Brand{"other.example": {Site: "Other"}},
	}
	proxy := proxyTo(t, deadUpstream)
	wrapped := serve(t, newMiddleware(t, config).Proxy(proxy))
	config.Canaries = nil
	alone := serve(t, newMiddleware(t, config).Proxy(proxy))
	byHand := proxyTo(t, deadUpstream)
	byHand.ErrorHandler = newMiddleware(t, config).ErrorHandler
	bare := serve(t, byHand)
	const html, framed = "Accept: text/html", "Sec-Fetch-Dest: iframe"
	for _, tt := range []struct {
		name, url string
		fields    []string
		scripted  bool
		connect   string // empty: the script asks nothing
		canaries  bool
	}{
		{"a page", wrapped.URL, []string{html}, true, "; connect-src 'self' https://canary.example", true},
		{"a page of another brand", wrapped.URL, []string{html, "Host: other.example"}, true, "; connect-src 'self' https://canary.example", true},
		{"a page of a gateway without canaries", alone.URL, []string{html}, true, "; connect-src 'self'", false},
		{"a part of another page", wrapped.URL, []string{html, framed}, false, "", false},
		{"an explanation", wrapped.URL + "/_fiveohtwo/problem/connection_refused", []string{html}, false, "", false},
		{"a page without Wrap", bare.URL, []string{html}, true, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := get(t, tt.url, tt.fields...)
			policy := got.header.Get("Content-Security-Policy")
			if !strings.Contains(got.body, "<h1>") || strings.Contains(got.body, "<script>") != tt.scripted || strings.Contains(policy, "script-src 'sha256-") != tt.scripted {
				t.Errorf("script wanted: %t; policy %s", tt.scripted, policy)
			}
			if !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.HasSuffix(policy, tt.connect) || tt.connect == "" && strings.Contains(policy, "connect-src") {
				t.Errorf("policy %s, want %q at its end", policy, tt.connect)
			}
			if strings.Contains(got.body, "canary.example") != tt.canaries {
				t.Errorf("canaries wanted: %t", tt.canaries)
			}
		})
	}
}
