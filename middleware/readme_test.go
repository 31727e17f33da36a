package middleware_test

import (
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// TestReadmeIsNeverTheOnlyCopy: every Go snippet of the README stands in a compiled
// example, and its table of Config has every field.
func TestReadmeIsNeverTheOnlyCopy(t *testing.T) {
	t.Parallel()
	readme := read(t, "../README.md")
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	examples := squeeze(read(t, "example_test.go") + read(t, "diagnosis/example_test.go"))
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(snippets) == 0 {
		t.Error("the README has no Go snippet")
	}
	for _, s := range snippets {
		if !strings.Contains(examples, squeeze(s[1])) {
			t.Errorf("not in a compiled example:\n%s", s[1])
		}
	}
	for f := range reflect.TypeFor[middleware.Config]().Fields() {
		if !strings.Contains(readme, "| `"+f.Name+"` |") {
			t.Errorf("the README's table lacks Config.%s", f.Name)
		}
	}
}

// TestArchitectureShowsEveryPackage: who makes a room says in the tree what is in it.
func TestArchitectureShowsEveryPackage(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	tree := read(t, filepath.Join(root, ".github", "ARCHITECTURE.md"))
	modules, err := filepath.Glob(filepath.Join(root, "example", "*", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range modules {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	for _, p := range listPackages(t, root) {
		names = append(names, path.Base(p.name()))
	}
	for _, name := range names {
		if !strings.Contains(tree, name+"/ ") {
			t.Errorf("the tree in .github/ARCHITECTURE.md lacks %s/", name)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
