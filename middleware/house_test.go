package middleware_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowedImports lists, for each package of the module, which others it may import, beside
// its own inner rooms. Tests are free. A package that is not listed may import none; example
// may import all.
var allowedImports = map[string][]string{
	"middleware":              {"pages", "i18n", "middleware/drillthrough", "middleware/diagnosis"},
	"pages":                   {"i18n", "middleware/diagnosis", "pages/internal/look", "pages/internal/join"},
	"middleware/drillthrough": {"middleware/diagnosis"},
	"middleware/upstreamtest": {"middleware/diagnosis"},
}

// allowedInRooms is what an inner room, which is a package below internal, may import. So
// rooms know neither each other nor the package that they belong to.
var allowedInRooms = []string{"middleware/diagnosis"}

// allowedTop lists what the top of the repository holds, beside names with a leading dot.
var allowedTop = []string{"middleware", "pages", "i18n", "example", "go.mod", "go.sum", "README.md", "LICENSE"}

// vagueNames are packages in which anything could be, and soon is.
var vagueNames = []string{"util", "common", "types"}

// A goPackage is what go list tells of a package.
type goPackage struct {
	Dir, ImportPath string
	Imports         []string
	Module          struct{ Path string }
}

// name is the import path within the module, such as middleware/diagnosis.
func (p goPackage) name() string { return strings.TrimPrefix(p.ImportPath, p.Module.Path+"/") }

func TestHouse(t *testing.T) {
	root := moduleRoot(t)
	t.Run("top", func(t *testing.T) { report(t, topFaults(t, root)) })
	t.Run("names", func(t *testing.T) { report(t, nameFaults(t, root)) })
	for _, p := range listPackages(t, root) {
		t.Run(p.name(), func(t *testing.T) {
			report(t, importFaults(p))
			report(t, docFaults(p))
		})
	}
}

func report(t *testing.T, faults []string) {
	t.Helper()
	for _, fault := range faults {
		t.Error(fault)
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("go env GOMOD: %v", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// listPackages leaves it to the compiler to complain of packages that do not build.
func listPackages(t *testing.T, root string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=Dir,ImportPath,Imports,Module", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}

func importFaults(p goPackage) (faults []string) {
	if p.name() == "example" || strings.HasPrefix(p.name(), "example/") {
		return nil
	}
	allowed := allowedImports[p.name()]
	if ownerOf(p.name()) != "" {
		allowed = allowedInRooms
	}
	for _, imported := range p.Imports {
		ours, ok := strings.CutPrefix(imported, p.Module.Path+"/")
		if ok && !slices.Contains(allowed, ours) && ownerOf(ours) != p.name() {
			may := "nothing of ours"
			if len(allowed) > 0 {
				may = "only " + strings.Join(allowed, ", ")
			}
			faults = append(faults, fmt.Sprintf("%s imports %s; it may import %s", p.name(), ours, may))
		}
	}
	return faults
}

// ownerOf returns the package to which an inner room belongs; empty: it is no inner room.
func ownerOf(name string) string {
	owner, _, ok := strings.Cut(name, "/internal/")
	if !ok {
		return ""
	}
	return owner
}

// TestImportFaults holds the rule of imports itself.
func TestImportFaults(t *testing.T) {
	for _, tt := range []struct {
		name, from, imported string
		faults               int
	}{
		{"a package and its inner room", "middleware", "middleware/internal/facts", 0},
		{"the other package and its inner room", "pages", "pages/internal/join", 0},
		{"an inner room and the diagnosis", "middleware/internal/facts", "middleware/diagnosis", 0},
		{"an inner room and its owner", "middleware/internal/facts", "middleware", 1},
		{"an inner room and the room beside it", "middleware/internal/facts", "middleware/internal/headers", 1},
		{"an inner room and the languages", "pages/internal/look", "i18n", 1},
		{"a package and the pages", "middleware", "pages", 0},
		{"the pages and the package", "pages", "middleware", 1},
		{"the diagnosis and anything", "middleware/diagnosis", "i18n", 1},
		{"a neighbour and an inner room", "middleware/drillthrough", "middleware/internal/facts", 1},
		{"a package that nobody foresaw", "middleware/extra", "middleware/diagnosis", 1},
		{"the example and anything", "example/serve", "pages", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := goPackage{ImportPath: "our/" + tt.from, Imports: []string{"fmt", "our/" + tt.imported}}
			p.Module.Path = "our"
			if faults := importFaults(p); len(faults) != tt.faults {
				t.Errorf("faults %q, want %d", faults, tt.faults)
			}
		})
	}
}

// docFaults wants the package comment where readers look for it: in doc.go, or in the
// main.go of example.
func docFaults(p goPackage) []string {
	files := []string{"doc.go"}
	if strings.HasPrefix(p.name(), "example") {
		files = append(files, "main.go")
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err == nil && file.Doc.Text() != "" {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s has no package comment in %s", p.name(), strings.Join(files, " or "))}
}

func topFaults(t *testing.T, root string) (faults []string) {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowedTop, e.Name()) {
			faults = append(faults, fmt.Sprintf("%s stands at the top of the repository; only %s and names with a leading dot do", e.Name(), strings.Join(allowedTop, ", ")))
		}
	}
	return faults
}

// nameFaults looks at all directories with Go files, also those of nested modules. As it
// reads them itself, go test knows that its cached result depends on them.
func nameFaults(t *testing.T, root string) (faults []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
			return fs.SkipDir
		}
		dir := path.Dir(name)
		if path.Ext(name) == ".go" && slices.Contains(vagueNames, path.Base(dir)) {
			faults = append(faults, fmt.Sprintf("%s: package %s says nothing; name it after what it does", name, path.Base(dir)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return faults
}
