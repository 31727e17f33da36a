package main

import (
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/fiveohtwo/fiveohtwo/pages"
)

// brandFlags declares the flags on how pages look and speak. What it returns reads the
// files that they name, after the flags were parsed.
func brandFlags(flags *flag.FlagSet, brand *pages.Brand) (finish func(errs []error) []error) {
	flags.StringVar(&brand.Site, "site", "", "`name` of the site (default: the host asked for)")
	flags.StringVar(&brand.Contact.Email, "contact", "", "`email` address of the site's people")
	flags.StringVar(&brand.Contact.StatusPage, "status-page", "", "`URL` of the site's status page")
	flags.StringVar((*string)(&brand.Voice), "voice", "own", "who speaks: own or third")
	flags.StringVar(&brand.Accent, "accent", "", "`colour` of the brand, such as #0b5c63")
	logo := flags.String("logo", "", "`file` with the logo: SVG, PNG, JPEG or WebP of at most 8 KB (default: the name)")
	flags.StringVar((*string)(&brand.Theme), "theme", "line", "character of the pages: line, card or bulletin")
	flags.StringVar((*string)(&brand.Scheme), "scheme", "auto", "auto, light or dark")
	flags.StringVar(&brand.Radius, "radius", "", "`length` of rounded corners, such as 0, 6px or 0.5rem (default: the theme's)")
	flags.StringVar(&brand.Font, "font", "", "`families` that visitors have, such as 'Inter, sans-serif' (default: the theme's)")
	return func(errs []error) []error {
		brand.Logo, errs = readLogo(*logo, errs)
		return errs
	}
}

// readLogo returns SVG as it is in the file, and a picture as a data URI.
func readLogo(name string, errs []error) (string, []error) {
	if name == "" {
		return "", errs
	}
	const limit = 1 << 20 // of what is read: how much is taken, the brand says itself
	file, err := os.Open(name)
	if err != nil {
		return "", append(errs, fmt.Errorf("-logo: %w", err))
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit))
	if err != nil {
		return "", append(errs, fmt.Errorf("-logo: %w", err))
	}
	if kind := http.DetectContentType(data); kind == "image/png" || kind == "image/jpeg" || kind == "image/webp" {
		return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data), errs
	}
	return string(data), errs
}
