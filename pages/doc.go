// Package pages turns what is known of a failed exchange into the bytes of its answer:
// an HTML page, problem+json (RFC 9457) or plain text, in one language and one brand.
//
// [Compile] checks a [Brand] once and gives a [Site]; a [View] holds what one answer shows.
// A page is one response: style and script inline, allowed by their hashes, no picture or
// font from elsewhere. It is complete without its script, which adds what only a browser can
// do: look whether the site works again, copy the details, show times by the visitor's clock.
//
// [Site.HTML] renders the built-in page. A gateway takes [Site.Page]: that is the brand's own
// page where it has one, speaks of the visitor's browser, offers other languages, and is joined
// of pieces that are ready. [New] makes what the sites of a gateway have in common.
package pages

//go:generate go tool -modfile=../.ci/tools/go.mod templ generate
//go:generate go tool -modfile=../.ci/tools/go.mod esbuild script.js --minify --format=iife --outfile=script.min.js --log-level=warning
