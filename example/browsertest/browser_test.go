package browsertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// A browser is a running browser.
type browser interface {
	// newTab opens a tab. Tabs share nothing that a test can set.
	newTab(ctx context.Context) (tab, error)
}

// A tab shows one page at a time. Its methods return when what they ask for has
// happened, or when ctx has ended.
type tab interface {
	// look chooses how pages are shown from now on, the present one too. Language and
	// NoScript only matter for pages that are opened later.
	look(ctx context.Context, v view) error

	// preload has a JavaScript function called in every page that is opened later,
	// before anything in the page itself runs.
	preload(ctx context.Context, function string) error

	// open loads a page and waits until it has loaded with everything in it.
	open(ctx context.Context, url string) error

	// evaluate returns the value of a JavaScript expression as JSON; a promise is
	// awaited. The page's own policy and a ban on its scripts do not matter.
	evaluate(ctx context.Context, expression string) (string, error)

	// click clicks with a mouse at a point of the viewport.
	click(ctx context.Context, x, y float64) error

	// press presses a key, one of those below.
	press(ctx context.Context, key string) error

	// screenshot returns a PNG image of the whole page.
	screenshot(ctx context.Context) ([]byte, error)

	// record is what the browser tells of this tab.
	record() *record

	close(ctx context.Context) error
}

const tabKey, enterKey = "\t", "\r"

// A view is how a page is shown.
type view struct {
	Width, Height int
	Language      string // Accept-Language; empty: the browser's own
	Dark          bool
	Print         bool
	NoScript      bool // scripts of pages do not run
}

// watch runs before anything in a page, so that no violation of its policy is missed.
const watch = `() => {
	globalThis.violations = [];
	addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective + " " + e.blockedURI));
}`

var errNoBrowser = errors.New("there is none")

// A kind is a browser that tests run in. It is started when it is first needed.
type kind struct {
	name  string
	start func() (browser, error)
}

var kinds = []kind{
	{"chromium", sync.OnceValues(startChromium)},
	{"firefox", sync.OnceValues(startFirefox)},
}

// find returns the browser's path: from the environment variable, else from PATH.
func find(variable string, names ...string) (string, error) {
	if path := os.Getenv(variable); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("looking for %v in PATH and in %s: %w", names, variable, errNoBrowser)
}

// inEach runs the test in each browser.
func inEach(t *testing.T, test func(v *visitor)) {
	t.Helper()
	prog, err := theProgram()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			b, err := k.start()
			switch {
			case errors.Is(err, errNoBrowser):
				missing(t, "%s: %v", k.name, err)
			case err != nil:
				t.Fatalf("%s: %v", k.name, err)
			}
			test(newVisitor(t, k.name, b, prog))
		})
	}
}

// language is the tag that was asked for, or the browsers' own.
func (v view) language() string { return cmp.Or(v.Language, "en-US,en;q=0.5") }

// asJSON makes an expression whose value is the JSON of another's.
func asJSON(expression string) string {
	return "(async () => JSON.stringify(await (" + expression + ")))()"
}
