// Package browsertest looks at the example program's gallery with real browsers: what a
// visitor sees, in Chromium and in Firefox. It holds nothing but tests, in a module of
// its own, so that what they need never reaches a user of the library.
//
//	go test -count=1 ./...
//	go test -count=1 -every -timeout 1h
//	go test -count=1 -run Barriers -barriers -timeout 1h
//	go test -count=1 -run Screenshots -screenshots DIR
//	go test -count=1 -run Barriers -barriers -timeout 1h
//	go test -count=1 -run Screenshots -screenshots DIR -languages all
//
// The -count=1 is needed: go test does not know that these tests build the example
// program anew, and would repeat an old result.
//
// Many of the gallery's failures give the same page but for a few words. What takes a
// browser time is looked at in one of those, and with -every in each.
//
// The browsers are looked for in the environment variables FIVEOHTWO_CHROMIUM and
// FIVEOHTWO_FIREFOX, then in PATH; tests for one that is not there are skipped.
// What else judges the pages is named there too: FIVEOHTWO_AXE is the path of axe.min.js,
// from axe-core 4.14.1, FIVEOHTWO_HTMLCS that of HTMLCS.js, from html_codesniffer 2.5.1,
// and FIVEOHTWO_VNU that of vnu.jar, from vnu-jar 26.9.27, which needs java. With
// REQUIRE_BROWSER=1, as in CI, nothing is skipped: what is missing fails.
package browsertest
