// Package drillthrough walks the HTTP cycle to an upstream itself, link by link and on
// every address that the name has, and tells which link is broken.
package drillthrough
