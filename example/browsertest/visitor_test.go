package browsertest

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// patience is how long a visitor waits for anything.
const patience = 30 * time.Second

// A visitor looks at pages in a tab of their own. What cannot be done ends the test.
type visitor struct {
	*testing.T
	browser  string
	program  program
	language string // that addresses ask for
	tab      tab
	view     view
	visible  []string // what could be seen of the last page that checkVisible saw
}

func newVisitor(t *testing.T, name string, b browser, p program) *visitor {
	t.Helper()
	v := &visitor{T: t, browser: name, program: p, language: "en"}
	tab, err := within(b.newTab)
	if err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	v.tab = tab
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(theSuite.ctx), 5*time.Second)
		defer cancel()
		if err := tab.close(ctx); err != nil && theSuite.ctx.Err() == nil {
			t.Errorf("closing the tab: %v", err)
		}
	})
	v.preload(watch)
	return v
}

// within gives f some time.
func within[T any](f func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(theSuite.ctx, patience)
	defer cancel()
	return f(ctx)
}

func (v *visitor) try(f func(context.Context) error) error {
	_, err := within(func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) })
	return err
}

// sub runs a part of the test under a name of its own, in the same tab.
func (v *visitor) sub(name string, test func(v *visitor)) {
	v.Helper()
	if err := theSuite.ctx.Err(); err != nil {
		v.Fatalf("before %s: %v", name, err)
	}
	whole := v.T
	defer func() { v.T = whole }()
	whole.Run(name, func(t *testing.T) {
		v.T = t
		test(v)
	})
}

// look chooses how pages are shown.
func (v *visitor) look(how view) {
	v.Helper()
	if how == v.view {
		return
	}
	if err := v.try(func(ctx context.Context) error { return v.tab.look(ctx, how) }); err != nil {
		v.Fatalf("choosing %+v: %v", how, err)
	}
	v.view = how
}

// preload has a JavaScript function called at the start of every page.
func (v *visitor) preload(function string) {
	v.Helper()
	if err := v.try(func(ctx context.Context) error { return v.tab.preload(ctx, function) }); err != nil {
		v.Fatalf("loading a script ahead of pages: %v", err)
	}
}

// open opens a page.
func (v *visitor) open(url string) {
	v.Helper()
	if err := v.try(func(ctx context.Context) error { return v.tab.open(ctx, url) }); err != nil {
		v.Fatalf("opening %s: %v", url, err)
	}
}

// click scrolls to the element that is number n of those that the selector chooses,
// counted from 0, and clicks on it.
func (v *visitor) click(selector string, n int) {
	v.Helper()
	at := measure[[]float64](v, `(selector, n) => {
		const element = document.querySelectorAll(selector)[n];
		if (!element) return [];
		element.scrollIntoView({ block: "center" });
		const box = element.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	}`, selector, n)
	if len(at) == 0 {
		v.Fatalf("there is no %s number %d to click on", selector, n)
	}
	if err := v.try(func(ctx context.Context) error { return v.tab.click(ctx, at[0], at[1]) }); err != nil {
		v.Fatalf("clicking on %s: %v", selector, err)
	}
}

// press presses a key.
func (v *visitor) press(key string) {
	v.Helper()
	if err := v.try(func(ctx context.Context) error { return v.tab.press(ctx, key) }); err != nil {
		v.Fatalf("pressing %q: %v", key, err)
	}
}

// follow clicks on a link and waits for the page that it leads to.
func (v *visitor) follow(selector string, n int) {
	v.Helper()
	v.tab.record().clear()
	wait := v.tab.record().nextLoad()
	v.click(selector, n)
	if err := v.try(wait); err != nil {
		v.Fatalf("waiting for the page behind %s: %v", selector, err)
	}
}

// measure calls a JavaScript function in the page.
func measure[T any](v *visitor, function string, args ...any) T {
	v.Helper()
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		v.Fatal(err)
	}
	text, err := within(func(ctx context.Context) (string, error) {
		return v.tab.evaluate(ctx, fmt.Sprintf("(%s)(...%s)", function, list))
	})
	if err != nil {
		v.Fatalf("measuring: %v", err)
	}
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		v.Fatalf("measuring gave %s: %v", text, err)
	}
	return value
}

// inAllStates has a script look at the page in each of its states.
func inAllStates(v *visitor, check string, args ...any) []string {
	v.Helper()
	return measure[[]string](v, "(...args) => ("+script(v, "states")+")("+script(v, check)+", args)", args...)
}

//go:embed scripts/*.js
var scripts embed.FS

// script returns a JavaScript function for measure.
func script(v *visitor, name string) string {
	v.Helper()
	text, err := scripts.ReadFile("scripts/" + name + ".js")
	if err != nil {
		v.Fatal(err)
	}
	return string(text)
}
