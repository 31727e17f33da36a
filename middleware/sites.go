package middleware

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// A tenant is one site on this gateway, with its words.
type tenant struct {
	*pages.Site
	words *i18n.Catalogue
}

// newTenant makes a brand ready. field names it in errors.
func newTenant(field string, b pages.Brand, usual *i18n.Catalogue) (tenant, error) {
	site, err := pages.Compile(b)
	t := tenant{site, usual}
	if err == nil && usual != nil { // without usual words there is an error already
		t.words, err = site.Words(usual)
	}
	if err != nil {
		return t, fmt.Errorf("middleware: Config.%s: %w", field, err)
	}
	return t, nil
}

// newTenants makes the brands ready, and joins the faults of all.
func newTenants(brands map[string]pages.Brand, usual *i18n.Catalogue) (map[string]tenant, error) {
	tenants := make(map[string]tenant, len(brands))
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(brands)) {
		t, err := newTenant(fmt.Sprintf("Brands[%q]", key), brands[key], usual)
		errs = append(errs, err)
		tenants[key] = t
	}
	return tenants, errors.Join(errs...)
}

// sharePages has all sites of this gateway keep their pages in one place.
func (m *Middleware) sharePages() {
	sites := []*pages.Site{m.tenant.Site}
	for _, t := range m.tenants {
		sites = append(sites, t.Site)
	}
	pages.Share(sites...)
}

// tenantOf returns the site that a request asked for.
func (m *Middleware) tenantOf(r *http.Request) tenant {
	if len(m.tenants) > 0 {
		if t, ok := m.tenants[m.config.BrandOf(r)]; ok {
			return t
		}
	}
	return m.tenant
}

// warnOfStatusPage says once for each site that its status page fails with it. The host
// of a site is known at the start where brands are found by it, else when first asked for.
func (m *Middleware) warnOfStatusPage(site *pages.Site, host string) {
	if !site.SharesHost(host) {
		return
	}
	if _, warned := m.warned.LoadOrStore(site, true); !warned {
		m.config.Logger.Warn("the status page is on the site's own host: when the site fails it may fail too", field("host", host))
	}
}
