package pages

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// canaries are the addresses of [Config.Canaries]; nil has none.
type canaries struct {
	urls    string // with a blank between them
	sources string // for the page's policy, with a blank before each
}

// list returns the URLs with a blank between them.
func (c *canaries) list() string {
	if c == nil {
		return ""
	}
	return c.urls
}

// sourceList returns the sources with a blank before each.
func (c *canaries) sourceList() string {
	if c == nil {
		return ""
	}
	return c.sources
}

// maxCanaries is how many may be asked for one visitor.
const maxCanaries = 4

// parseCanaries checks the URLs. Its error joins all faults.
func parseCanaries(urls ...string) (*canaries, error) {
	if len(urls) == 0 {
		return nil, nil
	}
	var errs []error
	if len(urls) > maxCanaries {
		errs = append(errs, fmt.Errorf("pages: %d canaries: want at most %d", len(urls), maxCanaries))
	}
	var c canaries
	for _, text := range urls {
		u, err := parseCanary(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("pages: canary %q: %w", text, err))
			continue
		}
		if source := " " + u.Scheme + "://" + u.Host; !strings.Contains(c.sources+" ", source+" ") {
			c.sources += source
		}
		c.urls = strings.TrimSpace(c.urls + " " + text)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &c, nil
}

var (
	visibleASCII = regexp.MustCompile(`^[!-~]+$`)
	// hostName is one that browsers do not take for an IP address. A policy's source
	// expressions have no IPv6 addresses (CSP Level 3 §2.3.1).
	hostName = regexp.MustCompile(`^([A-Za-z0-9-]+\.)*[A-Za-z][A-Za-z0-9-]*$`)
)

func parseCanary(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || !visibleASCII.MatchString(text) || len(text) > maxField:
		return nil, fmt.Errorf("want an ASCII URL of at most %d bytes, such as https://canary.example.net/", maxField)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("want a full https or http URL")
	case u.User != nil || strings.Contains(text, "#"):
		return nil, errors.New("want neither a user nor a fragment")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); !hostName.MatchString(u.Hostname()) && (err != nil || !ip.Is4()) {
		return nil, errors.New("want a host name or an IPv4 address")
	}
	if _, port, ok := strings.Cut(u.Host, ":"); ok {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, errors.New("want a port from 1 to 65535")
		}
	}
	return u, nil
}
