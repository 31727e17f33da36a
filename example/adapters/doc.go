// Package adapters shows how the middleware fits into Go servers that are there already:
// one file for each router, proxy or tool, each tested over real connections.
package adapters
