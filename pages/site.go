package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// A Site is a [Brand] made ready: checked, its colours computed, its policy hashed. It is
// safe for concurrent use.
type Site struct {
	id         int // among the sites of the store
	prepared   *store
	brand      Brand
	logo       string // markup
	styles     string // elements
	policies   policySet
	statusHost string
	cache      slotCache
}

// Compile makes a brand ready. Its error joins all faults of the brand.
func Compile(b Brand) (*Site, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	if b.Contact.Phone == "" {
		b.Contact.Hours = "" // of nothing
	}
	b.PageCSP = strings.Join(strings.Fields(b.PageCSP), " ") // line breaks cannot be in a field
	design := b.design()
	styles := design.styles()
	s := &Site{brand: b, logo: design.logo, styles: "<style>" + strings.Join(styles, "</style><style>") + "</style>"}
	if u, err := url.Parse(b.Contact.StatusPage); err == nil {
		s.statusHost = u.Hostname()
	}
	s.policies = policies(styles, b.CSP)
	Share(s)
	return s, nil
}

// Words returns the catalogue with the brand's own words in it. Its error says which of
// their files is wrong, and how.
func (s *Site) Words(usual *i18n.Catalogue) (*i18n.Catalogue, error) {
	if s.brand.Translations == nil {
		return usual, nil
	}
	words, err := usual.With(s.brand.Translations)
	if err != nil {
		return nil, fmt.Errorf("pages: Brand.Translations: %w", err)
	}
	return words, nil
}

// SharesHost reports a status page on the host that was asked for: it fails with the
// site. Only a request tells the host, so [Compile] cannot find this.
func (s *Site) SharesHost(host string) bool {
	return s.statusHost != "" && strings.EqualFold(s.statusHost, hostname(host))
}

// CSP is the Content-Security-Policy that the built-in page of a view is made for. Who
// shows a frame of the site sees the failure instead of a warning of the browser: there is
// nothing to click by mistake. Without a language it fits the pages in all of them, for
// files that a server sends with one policy.
func (s *Site) CSP(v View) string {
	if v.Language != nil {
		return allowStyle(s.policy(v), faceStyle(v.Language))
	}
	policy := s.policy(v)
	for _, block := range faceStyles() {
		policy = allowStyle(policy, block)
	}
	return policy
}

func (s *Site) policy(v View) string {
	switch {
	case v.Frame:
		return s.policies.frame
	case !v.scripted():
		return s.policies.page
	case v.Status != "" || v.ClearCache != "":
		return s.policies.asking + v.Canaries.sources
	}
	return s.policies.scripted
}

// Static is the page of last resort, for when the real one cannot be rendered.
func (s *Site) Static(status int) []byte {
	text := strings.TrimSpace(http.StatusText(status) + " (" + strconv.Itoa(status) + ")")
	return []byte("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + text +
		"</title><h1>This site is not answering right now</h1><p>Please wait a minute, then try again.</p></html>\n")
}
