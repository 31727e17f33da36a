package middleware_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

func TestNewListsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := middleware.New(middleware.Config{
		Brand: pages.Brand{
			Accent: "red", Voice: "robot",
			Contact: pages.Contact{Email: "not an address", StatusPage: "javascript:alert(1)", Phone: "call me"},
		},
		Name:            "caf\u00e9",
		Languages:       []string{"xx"},
		DefaultLanguage: "de",
		Translations:    fstest.MapFS{"de.json": {Data: []byte(`{"no.such.id": "x"}`)}},
		Replace:         []int{404},
		Endpoints:       "no/slash",
		ResponseTimeout: -time.Second,
		Canaries:        []string{"https://me@canary.example/", "ftp://canary.example/"},
	})
	if err == nil {
		t.Fatal("all of that was accepted")
	}
	for _, want := range []string{"Accent", "Voice", "Email", "StatusPage", "Phone", "Name", `"xx"`, "no.such.id", "Replace 404", "Endpoints", "ResponseTimeout -1s", `canary "https://me@canary.example/"`, `canary "ftp://canary.example/"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %s:\n%v", want, err)
		}
	}
}

func TestTheZeroConfigIsGood(t *testing.T) {
	t.Parallel()
	if _, err := middleware.New(middleware.Config{}); err != nil {
		t.Error(err)
	}
}

// TestEveryFieldSaysItsDefault reads the source: a field comment without its default is
// a question for every reader.
func TestEveryFieldSaysItsDefault(t *testing.T) {
	t.Parallel()
	for file, name := range map[string]string{"config.go": "Config", "../pages/brand.go": "Brand", "../i18n/catalogue.go": "Config"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != name {
				return true
			}
			for _, f := range spec.Type.(*ast.StructType).Fields.List {
				if f.Doc == nil || !strings.Contains(f.Doc.Text(), "Default: ") {
					t.Errorf("%s: field %v does not say its default", file, f.Names)
				}
			}
			return false
		})
	}
}
