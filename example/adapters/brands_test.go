package adapters

import (
	"strings"
	"testing"
)

func TestEachHostShowsItsBrand(t *testing.T) {
	mw := newMiddleware(t, BrandsByHost())
	gateway := serve(t, mw.Proxy(proxyTo(t, parse(t, deadUpstream))))
	names := []string{"Example Shop", "Example Tickets", "Example Hosting"}
	cases := []struct{ name, host, site string }{
		{"a host of its own", "shop.example", "Example Shop"},
		{"one of many hosts, with a port", "Arena.Tickets.example:8443", "Example Tickets"},
		{"a host that nobody named", "other.example", "Example Hosting"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := front{address: gateway.URL, host: c.host}.get(t, "/cart", browser)
			for _, name := range names {
				if strings.Contains(got.body, name) != (name == c.site) {
					t.Errorf("%q on the page: %t\n%s", name, name != c.site, got.body)
				}
			}
		})
	}
}
