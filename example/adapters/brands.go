package adapters

import (
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// BrandsByHost is a Config for a gateway before two sites, one of them with a host for
// each of its customers. Every other host gets Brand. Where each host is a site, leave
// BrandOf away: the keys are the hosts then.
func BrandsByHost() middleware.Config {
	return middleware.Config{
		Brand: pages.Brand{Site: "Example Hosting"},
		Brands: map[string]pages.Brand{
			"shop":    {Site: "Example Shop", Contact: pages.Contact{Email: "help@shop.example"}},
			"tickets": {Site: "Example Tickets", Accent: "#7a1fa2"},
		},
		BrandOf: func(r *http.Request) string {
			host, _, _ := strings.Cut(strings.ToLower(r.Host), ":") // a client may send any port
			switch {
			case host == "shop.example":
				return "shop"
			case strings.HasSuffix(host, ".tickets.example"):
				return "tickets"
			}
			return ""
		},
	}
}
