package middleware_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

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
	for file, name := range map[string]string{"config.go": "Config", "../pages/brand.go": "Brand", "../pages/site.go": "Config", "../i18n/catalogue.go": "Config"} {
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

// TestNewRefusesWordsThatCommand: what an operator's files say is shown in terminals, too.
func TestNewRefusesWordsThatCommand(t *testing.T) {
	t.Parallel()
	words := fstest.MapFS{"de.json": {Data: []byte(`{"lead.refused": {"other": "weg\u001b[2J"}, "headline.site": "{{.Site}}\u202e"}`)}}
	for name, c := range map[string]middleware.Config{
		"of all sites":             {Translations: words},
		"of a brand":               {Brand: pages.Brand{Translations: words}},
		"of one of several brands": {Brands: map[string]pages.Brand{"a\x1b.example": {Translations: words}}},
	} {
		_, err := middleware.New(c)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		for _, want := range []string{"de.json: lead.refused: text", "U+001B", "de.json: headline.site: ", "U+202E"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not say %q: %v", name, want, err)
			}
		}
		if strings.ContainsAny(err.Error(), "\x1b\u202e") {
			t.Errorf("%s: the error commands the terminal itself: %q", name, err)
		}
	}
}

// TestAPolicyOfLinesIsOneField: over HTTP/2 a field with a line break would not be sent at all.
func TestAPolicyOfLinesIsOneField(t *testing.T) {
	t.Parallel()
	brand := pages.Brand{
		Page:    func(pages.View) templ.Component { return templ.Raw("<p>ours") },
		PageCSP: "default-src 'none';\n\tstyle-src 'self';\n",
	}
	s := serveHTTP2(t, newMiddleware(t, middleware.Config{Brand: brand}).Proxy(proxyTo(t, deadUpstream)))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Security-Policy"); got != "default-src 'none'; style-src 'self';" {
		t.Errorf("the policy is %q", got)
	}
}
