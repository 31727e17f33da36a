package pages

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A Site is a [Brand] made ready: checked, its colours computed, its policy hashed. It is
// never changed and safe for concurrent use.
type Site struct {
	brand                    Brand
	style                    string
	csp, frameCSP, scriptCSP string
	footer                   string // rendered
}

// Compile makes a brand ready. Its error joins all faults of the brand.
func Compile(b Brand) (*Site, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	accent := defaultAccent
	if b.Accent != "" {
		accent, _ = parseColour(b.Accent) // validated above
	}
	if b.Contact.Phone == "" {
		b.Contact.Hours = "" // of nothing
	}
	s := &Site{brand: b, style: brandStyle(accent)}
	if b.Footer != nil {
		var footer bytes.Buffer
		if err := b.Footer.Render(context.Background(), &footer); err != nil {
			return nil, fmt.Errorf("pages: Brand.Footer: %w", err)
		}
		s.footer = footer.String()
	}
	// The empty icon is a data URI: without it browsers ask for /favicon.ico, and Firefox
	// complains when the policy forbids that.
	s.frameCSP = "default-src 'none'; img-src data:; style-src " + cspHash(style) + " " + cspHash(s.style) +
		"; base-uri 'none'; form-action 'none'"
	s.csp = s.frameCSP + "; frame-ancestors 'none'"
	s.scriptCSP = s.csp + "; script-src " + scriptHash + "; connect-src 'self'"
	return s, nil
}

// CSP is the Content-Security-Policy that the HTML page of a view is made for. Who shows a
// frame of the site sees the failure instead of a warning of the browser: there is nothing
// to click by mistake.
func (s *Site) CSP(v View) string {
	switch {
	case v.Frame:
		return s.frameCSP
	case v.scripted():
		return s.scriptCSP + v.Canaries.sources
	}
	return s.csp
}

// Static is the page of last resort, for when the real one cannot be rendered.
func (s *Site) Static(status int) []byte {
	text := strings.TrimSpace(http.StatusText(status) + " (" + strconv.Itoa(status) + ")")
	return []byte("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + text +
		"</title><h1>This site is not answering right now</h1><p>Please wait a minute, then try again.</p></html>\n")
}
