// Package pages turns what is known of a failed exchange into the bytes of its answer:
// an HTML page, problem+json (RFC 9457) or plain text, in one language and one brand.
//
// [Compile] checks a [Brand] once and gives a [Site]; a [View] holds what one answer
// shows. A page is one response: style and script inline, allowed by their hashes, no
// picture or font from elsewhere. Without its script it lacks one button.
//
// [Site.Render] renders a page, [Site.AppendPrepared] joins one of parts that are ready.
package pages

//go:generate go tool -modfile=../.ci/tools/go.mod templ generate
//go:generate go tool -modfile=../.ci/tools/go.mod esbuild style.css card.css bulletin.css logo.css --minify --outdir=. --entry-names=[name].min --log-level=warning
//go:generate go tool -modfile=../.ci/tools/go.mod esbuild script.js --minify --format=iife --outfile=script.min.js --log-level=warning
