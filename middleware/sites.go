package middleware

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// sites are the brands of this gateway, made ready.
type sites struct {
	usual       *pages.Site            // of Config.Brand
	byKey       map[string]*pages.Site // of Config.Brands
	statusHosts map[*pages.Site]string // the hosts of their status pages
}

// newSites makes the brands ready, and joins the faults of all.
func newSites(all *pages.Pages, usual pages.Brand, brands map[string]pages.Brand) (sites, error) {
	s := sites{byKey: make(map[string]*pages.Site, len(brands)), statusHosts: map[*pages.Site]string{}}
	site := func(field string, b pages.Brand) (*pages.Site, error) {
		site, err := all.Site(b)
		if err != nil {
			return nil, fmt.Errorf("middleware: Config.%s: %w", field, err)
		}
		if u, err := url.Parse(b.Contact.StatusPage); err == nil && u.Hostname() != "" {
			s.statusHosts[site] = u.Hostname()
		}
		return site, nil
	}
	var err error
	s.usual, err = site("Brand", usual)
	errs := []error{err}
	for _, key := range slices.Sorted(maps.Keys(brands)) {
		s.byKey[key], err = site(fmt.Sprintf("Brands[%q]", key), brands[key])
		errs = append(errs, err)
	}
	return s, errors.Join(errs...)
}

// siteOf returns the site that a request asked for.
func (m *Middleware) siteOf(r *http.Request) *pages.Site {
	if len(m.sites.byKey) > 0 {
		if s, ok := m.sites.byKey[m.config.BrandOf(r)]; ok {
			return s
		}
	}
	return m.sites.usual
}

// languageOf returns the language to answer in: the one in the address, else the best of
// Accept-Language.
func languageOf(s *pages.Site, chosen, acceptLanguage string) *i18n.Language {
	if chosen != "" {
		if l := s.Catalogue().MatchTag(chosen); l != nil {
			return l
		}
	}
	return s.Catalogue().Match(acceptLanguage)
}

// warnOfStatusPage says once for each site that its status page fails with it. The host
// of a site is known at the start where brands are found by it, else when first asked for.
func (m *Middleware) warnOfStatusPage(site *pages.Site, host string) {
	status, ok := m.sites.statusHosts[site]
	if !ok || !strings.EqualFold(status, strings.Trim(headers.Hostname(host), "[]")) {
		return
	}
	if _, warned := m.warned.LoadOrStore(site, true); !warned {
		m.config.Logger.Warn("the status page is on the site's own host: when the site fails it may fail too", field("host", host))
	}
}
