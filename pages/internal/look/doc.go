// Package look turns what a brand says of its looks into the style blocks of its pages and
// the markup of its logo. Everything is parsed and written anew: nothing that an operator
// typed reaches a style element as text.
package look

//go:generate go tool -modfile=../../../.ci/tools/go.mod esbuild style.css card.css bulletin.css logo.css --minify --outdir=. --entry-names=[name].min --log-level=warning
