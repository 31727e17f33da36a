package middleware

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/pages"
)

// compileAll makes the brands ready, and joins the faults of all.
func compileAll(brands map[string]pages.Brand) (map[string]*pages.Site, error) {
	sites := make(map[string]*pages.Site, len(brands))
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(brands)) {
		site, err := pages.Compile(brands[key])
		if err != nil {
			errs = append(errs, fmt.Errorf("middleware: Config.Brands[%q]: %w", key, err))
		}
		sites[key] = site
	}
	return sites, errors.Join(errs...)
}

// siteOf returns the site that a request asked for.
func (m *Middleware) siteOf(r *http.Request) *pages.Site {
	if len(m.sites) > 0 {
		if site := m.sites[m.config.BrandOf(r)]; site != nil {
			return site
		}
	}
	return m.site
}

// warnOfStatusPage says once for each site that its status page fails with it. The host
// of a site is known at the start where brands are found by it, else when first asked for.
func (m *Middleware) warnOfStatusPage(site *pages.Site, host string) {
	if !site.SharesHost(host) {
		return
	}
	if _, warned := m.warned.LoadOrStore(site, true); !warned {
		m.config.Logger.Warn("the status page is on the site's own host: when the site fails it may fail too", "host", host)
	}
}

// hostname returns the host of a request in lower case and without port.
func hostname(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
