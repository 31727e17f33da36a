package pages

import "net/http"

// A Site is a [Brand] made ready: checked, its colours computed, its policy hashed. It is
// never changed and safe for concurrent use.
type Site struct {
	brand Brand
	style string
	csp   string
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
	s := &Site{brand: b, style: brandStyle(accent)}
	s.csp = "default-src 'none'; style-src " + cspHash(style) + " " + cspHash(s.style) +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return s, nil
}

// CSP is the Content-Security-Policy that the HTML page is made for.
func (s *Site) CSP() string { return s.csp }

// Static is the page of last resort, for when the real one cannot be rendered.
func (s *Site) Static(status int) []byte {
	text := http.StatusText(status)
	return []byte("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + text +
		"</title><h1>This site is not answering right now</h1><p>Please wait a minute, then try again.</p></html>\n")
}
