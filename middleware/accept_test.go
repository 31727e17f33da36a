package middleware_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// The answers that there are, as a program on the other end can tell them apart.
const (
	aPage      = "the page"
	aFrame     = "the page for a frame"
	aProblem   = "application/problem+json"
	inJSON     = "application/json"
	inText     = "text/plain"
	inMarkdown = "text/markdown"
	aNumber    = "the number of the status"
	noBody     = "a status without a body"
	overRPC    = "status 14 of " // and a content type of gRPC
)

// tell names the answer.
func tell(got reply) string {
	kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	switch {
	case got.err != nil:
		return got.err.Error()
	case got.status == http.StatusOK && got.header.Get("Grpc-Status") == "14" && got.body == "":
		return overRPC + strings.TrimSuffix(kind, "+proto") // which is what gRPC takes for granted
	case got.status != http.StatusBadGateway:
		return "status " + http.StatusText(got.status)
	case kind == "" && got.body == "":
		return noBody
	case kind == "text/html" && !strings.Contains(got.header.Get("Content-Security-Policy"), "frame-ancestors"):
		return aFrame
	case kind == "text/html":
		return aPage
	case kind == inText && got.header.Get("Content-Length") == "4": // "502\n", with HEAD too
		return aNumber
	}
	return kind
}

// The rules of RFC 9110 §12.5.1, and what is made of fields that break them.
var rules = []struct{ name, fields, want string }{
	{"an empty field takes anything", "Accept: ", inText},
	{"a lone star, as old clients send it, is any type", "Accept: *" + metadata("empty", "cors"), aProblem},
	{"the example of the RFC: text at 0.7, the rest at 0.5 at most", "Accept: text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5", inText},
	{"the elaborate example of the RFC: HTML before text", "Accept: text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", aPage},
	{"the heavier type wins", "Accept: text/html;q=0.8, application/json;q=0.9", inJSON},
	{"a thousandth is enough", "Accept: text/html;q=0.500, application/json;q=0.501", inJSON},
	{"the order is nothing", "Accept: application/json;q=0.2, text/html;q=0.8", aPage},
	{"of equals a page is best for people", "Accept: application/json, text/html", aPage},
	{"of equals Markdown goes before a page", "Accept: text/html, text/markdown", inMarkdown},
	{"Markdown as a second choice", "Accept: text/html, text/markdown;q=0.9", aPage},
	{"of equals problem+json goes before JSON", "Accept: application/json, application/problem+json", aProblem},
	{"of equals JSON goes before text", "Accept: text/plain, application/json", inJSON},
	{"the narrower range decides, though it weighs less", "Accept: text/html;q=0.1, */*;q=0.9", inText},
	{"any text rather than this one", "Accept: text/*, text/html;q=0", inText},
	{"any application type rather than text", "Accept: application/*;q=0.9, text/plain;q=0.1", aProblem},
	{"anything rather than text", "Accept: text/plain;q=0.1, */*", aProblem},
	{"XHTML is a page", "Accept: application/xhtml+xml", aPage},
	{"any type that ends in +json", "Accept: application/*+json", aProblem},
	{"JSON at the start of a name is no JSON", "Accept: application/json-seq, application/json+xml", inText},

	{"HTML refused", "Accept: text/html;q=0, */*", inText},
	{"HTML refused in three digits", "Accept: text/html;q=0.000, application/json;q=0.001", inJSON},
	{"text refused", "Accept: text/plain;q=0, */*", aProblem},
	{"problem+json refused, JSON taken", "Accept: application/problem+json;q=0, application/json", inJSON},
	{"problem+json refused in fetch", "Accept: application/problem+json;q=0, */*" + metadata("empty", "cors"), inText},
	{"problem+json refused by who sends JSON", "Accept: application/problem+json;q=0, */*" + andJSON, inText},
	{"anything else refused", "Accept: application/json, */*;q=0", inJSON},
	{"everything refused gets something still", "Accept: */*;q=0", inText},
	{"nothing that is offered gets something still", "Accept: image/png", inText},

	{"a parameter is no other type", "Accept: text/html;level=1, application/json;q=0.5", aPage},
	{"a type without parameters goes before the same with some", "Accept: text/html;level=1;q=0.3, text/html;q=0.7, application/json;q=0.5", aPage},
	{"a refusal with a parameter refuses only that", "Accept: text/plain;format=flowed;q=0, */*", inText},
	{"parameters after the weight", "Accept: text/html;q=0.9;ext=1, application/json;q=0.5", aPage},
	{"a quoted parameter", `Accept: application/json;charset="utf-8"`, inJSON},
	{"a comma in quotes ends no range", `Accept: application/ld+json;profile="a,text/html,b"`, aProblem},
	{"a semicolon in quotes ends no parameter", `Accept: text/html;title="a;q=0;b"`, aPage},

	{"capitals are nothing", "Accept: Text/HTML;Q=0.9, APPLICATION/JSON;q=0.8", aPage},
	{"capitals in a suffix are nothing", "Accept: application/VND.API+JSON", aProblem},
	{"blanks and tabs are nothing", "Accept: text/html ; q=0.2 ,\tapplication/json\t;\tq=0.9", inJSON},
	{"empty items are nothing", "Accept: , ,text/html,,", aPage},
	{"commas alone take anything", "Accept: , ,", inText},

	{"the heavier of two for the same type", "Accept: text/html;q=0.1, application/json;q=0.5, text/html;q=0.9", aPage},
	{"a type taken and refused is taken", "Accept: text/html;q=0, text/html", aPage},

	{"a weight that is a word is none", "Accept: text/html;q=high, application/json;q=0.9", aPage},
	{"a weight that is empty is none", "Accept: text/html;q=, application/json;q=0.9", aPage},
	{"a weight below zero is none", "Accept: text/html;q=-1, application/json;q=0.9", aPage},
	{"a weight above one is none", "Accept: text/html;q=1.5, application/json;q=0.9", aPage},
	{"a weight without its zero", "Accept: text/html;q=.2, application/json;q=.8", inJSON},
	{"a weight with a comma ends at it, and refuses", "Accept: text/html;q=0,9, application/json;q=0.1", inJSON},
	{"a weight of too many digits is no refusal", "Accept: text/html;q=0.0004", aPage},
	{"two types without a comma are none", "Accept: text/html application/json", inText},
	{"a star for the kind only is no range", "Accept: */html", inText},
	{"bytes that are no text", "Accept: \xff\xfe/\xff, text/html", aPage},

	{"the lines of a field are one list", "Accept: text/html;q=0.5|Accept: application/json", inJSON},
	{"the same the other way round", "Accept: application/json|Accept: text/html", aPage},
	{"anything in one line, HTML in the next", "Accept: */*|Accept: text/html", aPage},
	{"an empty line before another", "Accept: |Accept: text/html", aPage},
	{"a refusal in a line of its own", "Accept: */*|Accept: application/problem+json;q=0" + metadata("empty", "cors"), inText},
	{"what comes first in a field of 100 kilobytes", "Accept: text/html," + strings.Repeat("a/b,", 25_000), aPage},
	{"one word of 100 kilobytes", "Accept: " + strings.Repeat("a", 100_000), inText},
	{"two hundred lines", "Accept: application/json" + strings.Repeat("|Accept: a/b", 200), inJSON},
}

// TestAnswers asks a gateway whose upstream is dead, first as programs do, then by the book.
func TestAnswers(t *testing.T) {
	t.Parallel()
	mw := newMiddleware(t, middleware.Config{Brand: shop()})
	gateway := serve(t, mw.Proxy(proxyTo(t, deadUpstream)))
	all := slices.Clone(visits)
	for _, r := range rules {
		all = append(all, arrival{name: r.name, fields: r.fields, want: r.want})
	}
	for _, v := range all {
		t.Run(v.name, func(t *testing.T) {
			fields := strings.Split(v.fields, "|")
			if v.fields == "" {
				fields = nil
			}
			if got := tell(send(t, v.method, gateway.URL+"/cart", "", fields...)); got != v.want {
				t.Errorf("%s %.300s\ngot  %s\nwant %s", v.method, v.fields, got, v.want)
			}
		})
	}
}
