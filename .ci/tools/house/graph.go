package main

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// A graph holds the references between the files of a package: uses[a][b] is how often file a
// uses what file b declares.
type graph struct {
	files []string
	uses  [][]int
	said  map[[2]int]map[string]int // how often each name, for those who ask
}

func graphOf(fset *token.FileSet, pkg *types.Package, info *types.Info) *graph {
	g := &graph{said: map[[2]int]map[string]int{}}
	index := map[string]int{}
	fileOf := func(pos token.Pos) int {
		name := filepath.Base(fset.Position(pos).Filename)
		i, ok := index[name]
		if !ok {
			i = len(g.files)
			index[name] = i
			g.files = append(g.files, name)
		}
		return i
	}
	fset.Iterate(func(f *token.File) bool {
		if strings.HasSuffix(f.Name(), ".go") {
			fileOf(f.Pos(0))
		}
		return true
	})
	slices.Sort(g.files)
	for i, name := range g.files {
		index[name] = i
	}
	g.uses = make([][]int, len(g.files))
	for i := range g.uses {
		g.uses[i] = make([]int, len(g.files))
	}
	counted := countedObjects(pkg)
	for id, o := range info.Uses {
		if f, ok := o.(*types.Func); ok {
			o = f.Origin()
		}
		if !counted[o] {
			continue
		}
		from, to := fileOf(id.Pos()), fileOf(o.Pos())
		if from == to {
			continue
		}
		g.uses[from][to]++
		pair := [2]int{from, to}
		if g.said[pair] == nil {
			g.said[pair] = map[string]int{}
		}
		g.said[pair][o.Name()]++
	}
	return g
}

// countedObjects are the names at the top of a package, and those methods of its types whose
// name no other type has.
func countedObjects(pkg *types.Package) map[types.Object]bool {
	counted := map[types.Object]bool{}
	methods := map[string][]types.Object{}
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		counted[o] = true
		if t, ok := o.(*types.TypeName); ok && !t.IsAlias() {
			for m := range t.Type().(*types.Named).Methods() {
				methods[m.Name()] = append(methods[m.Name()], m)
			}
		}
	}
	for _, same := range methods {
		if len(same) == 1 {
			counted[same[0]] = true
		}
	}
	return counted
}

// arrows is the graph that has one use for each pair of files with any.
func (g *graph) arrows() *graph {
	one := &graph{files: g.files}
	for _, row := range g.uses {
		row = slices.Clone(row)
		for i := range row {
			row[i] = min(row[i], 1)
		}
		one.uses = append(one.uses, row)
	}
	return one
}

func (g *graph) total() (n int) {
	for _, row := range g.uses {
		for _, uses := range row {
			n += uses
		}
	}
	return n
}

// back counts the uses that run against an order of the files.
func (g *graph) back(order []int) (n int) {
	for i, to := range order {
		for _, from := range order[i+1:] {
			n += g.uses[from][to]
		}
	}
	return n
}

func (g *graph) names(order []int) []string {
	var names []string
	for _, file := range order {
		names = append(names, strings.TrimSuffix(g.files[file], ".go"))
	}
	return names
}

// backward lists the arrows that run back, the heaviest first, with the names they carry.
func (g *graph) backward(order []int) []string {
	var found [][2]int
	for i, to := range order {
		for _, from := range order[i+1:] {
			if g.uses[from][to] > 0 {
				found = append(found, [2]int{from, to})
			}
		}
	}
	slices.SortFunc(found, func(a, b [2]int) int { return g.uses[b[0]][b[1]] - g.uses[a[0]][a[1]] })
	var lines []string
	for _, pair := range found {
		var said []string
		for name, n := range g.said[pair] {
			said = append(said, fmt.Sprintf("%s×%d", name, n))
		}
		slices.Sort(said)
		lines = append(lines, fmt.Sprintf("%d  %s → %s: %s", g.uses[pair[0]][pair[1]], g.files[pair[0]], g.files[pair[1]], strings.Join(said, " ")))
	}
	return lines
}
