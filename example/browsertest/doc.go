// Package browsertest looks at the example program's gallery with real browsers: what a
// visitor sees, in Chromium and in Firefox. It holds nothing but tests, in a module of
// its own, so that what they need never reaches a user of the library.
//
//	go test ./...
//	go test -run Screenshots -screenshots DIR
//
// The browsers are looked for in the environment variables FIVEOHTWO_CHROMIUM and
// FIVEOHTWO_FIREFOX, then in PATH; tests for one that is not there are skipped.
// FIVEOHTWO_AXE is the path of axe.min.js, from axe-core 4.14.1. With REQUIRE_BROWSER=1,
// as in CI, nothing is skipped: what is missing fails.
package browsertest
