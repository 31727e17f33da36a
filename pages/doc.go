// Package pages turns what is known of a failed exchange into the bytes of its answer:
// an HTML page, problem+json (RFC 9457) or plain text, in one language and one brand.
//
// [Compile] checks a [Brand] once and gives a [Site]; a [View] holds what one answer
// shows. A page is one response: style inline, allowed by its hash, no script, no
// picture or font from elsewhere.
package pages

//go:generate go tool -modfile=../.ci/tools/go.mod templ generate
//go:generate go tool -modfile=../.ci/tools/go.mod esbuild style.css --minify --outfile=style.min.css --log-level=warning
