// Program house measures how a Go module is built: for each package its files, exported
// names, lines and comments, and the references between its files, with those that run back
// up in the best order of the files.
//
//	go run -C .ci/tools ./house -C ../..
//
// What is counted:
//
//   - files, lines and comments: hand-written Go of a package, tests apart. A line with code
//     and a comment is code; the share is of comment lines in lines that are not empty.
//   - names: exported names at the top of a package, as go doc lists them, and the exported
//     methods of exported types. The sum is over packages that others can import.
//   - references: uses, in one file, of what another file of the same package declares: of a
//     name at the top, or of a method whose name no other type of the package has. An arrow
//     is a pair of files with one reference or more. Generated files take part: those of
//     templ are somebody's source.
//   - back: how many of them run against the order of the files in which the fewest do; the
//     best order for references and the best for arrows are sought apart. That is a minimum
//     feedback arc set, which is hard to find exactly: see bestOrder for the heuristic.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// A goPackage is what go list tells of a package.
type goPackage struct {
	Dir, ImportPath, Name, Export string
	GoFiles                       []string
	Standard, DepOnly             bool
	Module                        *struct{ Path string }
}

// A measure is a line of the table.
type measure struct {
	name             string
	public           bool // others can import it
	hand, tests      lines
	names, methods   int
	references, back int
	arrows, up       int
}

func main() {
	log.SetFlags(0)
	dir := flag.String("C", ".", "`directory` of the module")
	verbose := flag.Bool("v", false, "list the arrows that run back, and the order of the files")
	flag.Parse()
	packages, exports := list(*dir)
	var table []measure
	for _, p := range packages {
		table = append(table, measurePackage(p, exports, *verbose))
	}
	print(os.Stdout, table, nestedLines(*dir))
}

// list returns the packages of the module in dir, and the files with the exported types of
// all that they import, which go list compiles where it must.
func list(dir string) (packages []goPackage, exports map[string]string) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=Dir,ImportPath,Name,Export,GoFiles,Standard,DepOnly,Module", "./...")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	check(err)
	exports = map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			check(err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			packages = append(packages, p)
		}
	}
	slices.SortFunc(packages, func(a, b goPackage) int { return cmp.Compare(a.ImportPath, b.ImportPath) })
	return packages, exports
}

func measurePackage(p goPackage, exports map[string]string, verbose bool) measure {
	m := measure{name: strings.TrimPrefix(p.ImportPath, p.Module.Path+"/")}
	m.public = p.Name != "main" && !slices.Contains(strings.Split(p.ImportPath, "/"), "internal")
	m.hand, m.tests = directoryLines(p.Dir)

	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		check(err)
		files = append(files, file)
	}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	pkg, err := config.Check(p.ImportPath, fset, files, &info)
	check(err)
	m.names, m.methods = exported(pkg)

	g := graphOf(fset, pkg, &info)
	arrows := g.arrows()
	order := arrows.bestOrder()
	m.references, m.back = g.total(), g.back(g.bestOrder())
	m.arrows, m.up = arrows.total(), arrows.back(order)
	if verbose {
		fmt.Printf("%s: %s\n", m.name, strings.Join(g.names(order), " "))
		for _, line := range g.backward(order) {
			fmt.Println("\t" + line)
		}
	}
	return m
}

// exported counts what go doc lists.
func exported(pkg *types.Package) (names, methods int) {
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		names++
		if t, ok := o.(*types.TypeName); ok && !t.IsAlias() {
			named := t.Type().(*types.Named)
			for m := range named.Methods() {
				if m.Exported() {
					methods++
				}
			}
		}
	}
	return names, methods
}

func print(w io.Writer, table []measure, nested []measure) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "package\tfiles\tnames\tmethods\tlines\tcomments\ttest files\ttest lines\treferences\tback\t\tarrows\tback\t\t")
	row := func(m measure, names, methods string) {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%d\t%s\t%d\t%d\t%d\t%d\t%s\t%d\t%d\t%s\t\n", m.name, m.hand.files, names, methods,
			m.hand.all, percent(m.hand.comments, m.hand.comments+m.hand.code), m.tests.files, m.tests.all,
			m.references, m.back, percent(m.back, m.references), m.arrows, m.up, percent(m.up, m.arrows))
	}
	sum := measure{name: "sum (names: public)"}
	for _, m := range table {
		names, methods := "-", "-"
		if m.public {
			names, methods = fmt.Sprint(m.names), fmt.Sprint(m.methods)
			sum.names += m.names
			sum.methods += m.methods
		}
		row(m, names, methods)
		sum.hand.add(m.hand)
		sum.tests.add(m.tests)
		sum.references += m.references
		sum.back += m.back
		sum.arrows += m.arrows
		sum.up += m.up
	}
	row(sum, fmt.Sprint(sum.names), fmt.Sprint(sum.methods))
	for _, m := range nested {
		fmt.Fprintf(t, "%s\t%d\t\t\t%d\t%s\t%d\t%d\t\t\t\t\t\t\t\n", m.name, m.hand.files, m.hand.all,
			percent(m.hand.comments, m.hand.comments+m.hand.code), m.tests.files, m.tests.all)
	}
	check(t.Flush())
}

func percent(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(whole))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
