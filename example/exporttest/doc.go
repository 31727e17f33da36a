// Package exporttest holds what "example export" writes against the servers it is for:
// each real one is started on loopback with the written snippets as they are, before
// upstreams that fail.
//
// It installs nothing. A server that is not there is skipped; with REQUIRE_SERVERS=1 it
// is a failure.
package exporttest
