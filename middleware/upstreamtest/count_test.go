package upstreamtest_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// TestTheReadmeCountsAllCases: who adds a case tells it where cases are counted.
func TestTheReadmeCountsAllCases(t *testing.T) {
	want := strconv.Itoa(len(upstreamtest.Cases()))
	for _, name := range []string{"../../README.md", "../../.github/CHANGELOG.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`(\d+) ways`).FindSubmatch(text); found == nil || string(found[1]) != want {
			t.Errorf("%s says %q; there are %s", name, found, want)
		}
	}
}
