package middleware_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestInnerTypesStayInside: whoever can import a package can also name what its exported
// names speak of. A type of an inner room in a signature could neither be written down nor
// looked up by users.
func TestInnerTypesStayInside(t *testing.T) {
	root := moduleRoot(t)
	load := exportedTypes(t, root)
	for _, p := range listPackages(t, root) {
		if ownerOf(p.name()) != "" || strings.HasPrefix(p.name(), "example") {
			continue
		}
		t.Run(p.name(), func(t *testing.T) {
			pkg, err := load.Import(p.ImportPath)
			if err != nil {
				t.Fatal(err)
			}
			report(t, innerTypes(pkg, p.Module.Path))
		})
	}
}

// exportedTypes reads what the compiler wrote down of each package.
func exportedTypes(t *testing.T, root string) types.Importer {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		files[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
}

// An innerSearch looks for types of inner rooms in what users of a package can see.
type innerSearch struct {
	pkg    *types.Package
	module string
	at     string // the exported name that is looked through
	known  map[types.Type]bool
	faults []string
}

// innerTypes returns the exported names of a package that mention a type of an inner room of
// the module.
func innerTypes(pkg *types.Package, module string) []string {
	s := &innerSearch{pkg: pkg, module: module}
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		s.at, s.known = name, map[types.Type]bool{}
		if named, ok := o.Type().(*types.Named); ok {
			s.declared(named)
		} else {
			s.look(o.Type())
		}
	}
	slices.Sort(s.faults)
	return slices.Compact(s.faults)
}

// declared looks at a type of the package itself: at what it is made of and at its methods.
func (s *innerSearch) declared(t *types.Named) {
	if s.known[t] {
		return
	}
	s.known[t] = true
	for p := range t.TypeParams().TypeParams() {
		s.look(p.Constraint())
	}
	s.look(t.Underlying())
	for m := range t.Methods() {
		if m.Exported() {
			s.look(m.Signature())
		}
	}
}

func (s *innerSearch) look(t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		s.named(t)
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels, and maps
		if m, ok := t.(*types.Map); ok {
			s.look(m.Key())
		}
		s.look(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			s.look(v.Type())
		}
	case *types.Signature:
		for p := range t.TypeParams().TypeParams() {
			s.look(p.Constraint())
		}
		s.look(t.Params())
		s.look(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() { // what is embedded lends its methods and fields
				s.look(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if m.Exported() {
				s.look(m.Signature())
			}
		}
		for e := range t.EmbeddedTypes() {
			s.look(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			s.look(term.Type())
		}
	}
}

// named looks through unexported types of the package too: a user who gets one from an
// exported function has its methods and fields. Exported ones have their own turn.
func (s *innerSearch) named(t *types.Named) {
	for arg := range t.TypeArgs().Types() {
		s.look(arg)
	}
	pkg := t.Obj().Pkg()
	switch {
	case pkg == nil: // error, comparable
	case pkg == s.pkg && !t.Obj().Exported():
		s.declared(t)
	case strings.HasPrefix(pkg.Path(), s.module+"/") && ownerOf(pkg.Path()) != "":
		s.faults = append(s.faults, fmt.Sprintf("%s mentions %s.%s, which users cannot name", s.at, pkg.Path(), t.Obj().Name()))
	}
}

// TestInnerTypes holds the search itself: each way in which a type of a room could get out.
func TestInnerTypes(t *testing.T) {
	const room = `package room
		type Kept struct{ N int }
		type Rule interface{ Hold() }`
	for _, tt := range []struct {
		name, source string
		leaks        bool
	}{
		{"a field of its own", "type T struct{ k room.Kept }", false},
		{"inside a function", "func F() int { return room.Kept{}.N }", false},
		{"an unexported name", "func f(room.Kept) {}; var v room.Kept", false},
		{"a method of its own", "type T int; func (T) m() room.Kept { return room.Kept{} }", false},
		{"an unexported type that nobody gets", "type t struct{ K room.Kept }", false},
		{"a result", "func F() room.Kept { return room.Kept{} }", true},
		{"a parameter behind a pointer", "func F(*room.Kept) {}", true},
		{"a variable of functions", "var V func(...room.Kept)", true},
		{"the key of a map", "var V map[room.Kept]int", true},
		{"the value of a map", "var V map[int][]room.Kept", true},
		{"an exported field", "type T struct{ K room.Kept }", true},
		{"an embedded type", "type T struct{ room.Kept }", true},
		{"a type embedded by an unexported one", "type t struct{ *room.Kept }; type T struct{ t }", true},
		{"an exported method", "type T int; func (*T) M(chan room.Kept) {}", true},
		{"a method of an unexported result", "type t int; func (t) M() room.Kept { return room.Kept{} }; func F() t { return 0 }", true},
		{"an alias", "type T = room.Kept", true},
		{"a type made of it", "type T []room.Kept", true},
		{"an interface's method", "type T interface{ M(room.Kept) }", true},
		{"an embedded interface", "type T interface{ room.Rule }", true},
		{"a constraint", "func F[T room.Rule](T) {}", true},
		{"an argument of a type", "type g[T any] struct{ x T }; func F() g[room.Kept] { return g[room.Kept]{} }", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inner := checked(t, "our/middleware/internal/room", room, nil)
			pkg := checked(t, "our/middleware", "package middleware\nimport \"our/middleware/internal/room\"\nvar _ room.Kept\n"+tt.source, inner)
			if faults := innerTypes(pkg, "our"); (len(faults) > 0) != tt.leaks {
				t.Errorf("faults %q, want some: %v", faults, tt.leaks)
			}
		})
	}
}

// only is an importer that knows one package.
type only struct{ *types.Package }

func (o only) Import(string) (*types.Package, error) { return o.Package, nil }

func checked(t *testing.T, path, source string, imported *types.Package) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "source.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: only{imported}}
	pkg, err := config.Check(path, fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
