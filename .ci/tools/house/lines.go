package main

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// lines counts Go that people wrote. A line of code that ends in a comment is code.
type lines struct{ files, all, code, comments int }

func (l *lines) add(more lines) {
	l.files += more.files
	l.all += more.all
	l.code += more.code
	l.comments += more.comments
}

// directoryLines counts the files of one directory, for whatever system they are, tests
// apart. Generated files count for nothing.
func directoryLines(dir string) (hand, tests lines) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	check(err)
	for _, name := range names {
		source, err := os.ReadFile(name)
		check(err)
		if file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.PackageClauseOnly|parser.ParseComments); err == nil && ast.IsGenerated(file) {
			continue
		}
		if strings.HasSuffix(name, "_test.go") {
			tests.add(fileLines(source))
		} else {
			hand.add(fileLines(source))
		}
	}
	return hand, tests
}

func fileLines(source []byte) lines {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, scanner.ScanComments)
	code, comment := map[int]bool{}, map[int]bool{}
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue // the scanner's own
		}
		kind := code
		if tok == token.COMMENT {
			kind = comment
		}
		first := fset.Position(pos).Line
		for line := first; line <= first+strings.Count(text, "\n"); line++ {
			kind[line] = true
		}
	}
	for line := range code {
		delete(comment, line)
	}
	return lines{files: 1, all: strings.Count(string(source), "\n"), code: len(code), comments: len(comment)}
}

// nestedLines counts the nested modules below dir, whose packages are not measured: to load
// them takes what they require.
func nestedLines(dir string) []measure {
	var nested []measure
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if d.Name() == "go.mod" && filepath.Dir(name) != filepath.Clean(dir) {
			rel, err := filepath.Rel(dir, filepath.Dir(name))
			check(err)
			nested = append(nested, measure{name: filepath.ToSlash(rel) + " (module)"})
		}
		return nil
	})
	check(err)
	for i := range nested {
		root := filepath.Join(dir, strings.TrimSuffix(nested[i].name, " (module)"))
		check(filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				hand, tests := directoryLines(name)
				nested[i].hand.add(hand)
				nested[i].tests.add(tests)
			}
			return err
		}))
	}
	return slices.Clip(nested)
}
