package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// exported are the statuses that get a page: what gateways say by themselves. 404 and its
// like belong to the site, 408 and 499 reach nobody.
var exported = []int{400, 413, 431, 500, 502, 503, 504}

// byHAProxy are those of them that HAProxy lets one set a page for.
var byHAProxy = []int{400, 413, 500, 502, 503, 504}

//go:embed snippets
var snippetFiles embed.FS

var snippets = template.Must(template.ParseFS(snippetFiles, "snippets/*"))

// files returns everything that is written, by path.
func (e exporter) files(ctx context.Context) (map[string][]byte, error) {
	files := map[string][]byte{}
	bodies := map[int]*bytes.Buffer{} // for HAProxy: all languages of a status, one a line
	for _, status := range exported {
		for i, l := range e.languages {
			page, err := e.site.HTML(ctx, pages.View{
				Language: l, StatusOnly: true, Diagnosis: diagnosis.Diagnosis{Status: status},
			})
			if err != nil {
				return nil, err
			}
			if bytes.ContainsAny(page, "\r\n") {
				return nil, fmt.Errorf("%s/%d.html has more than one line, which HAProxy's maps cannot hold", l.Tag, status)
			}
			files[fmt.Sprintf("%s/%d.html", l.Tag, status)] = page
			if i == 0 {
				files[fmt.Sprintf("%d.html", status)] = page
			}
			if slices.Contains(byHAProxy, status) {
				files[fmt.Sprintf("%s/%d.http", l.Tag, status)] = e.rawResponse(l, status, page)
				if bodies[status] == nil {
					bodies[status] = new(bytes.Buffer)
				}
				fmt.Fprintf(bodies[status], "%s %s\n", l.Tag, page)
			}
		}
		files[fmt.Sprintf("%d.var", status)] = e.typeMap(status)
	}
	for status, lines := range bodies {
		files[fmt.Sprintf("haproxy/%d.map", status)] = lines.Bytes()
	}
	files["haproxy/lang.map"] = []byte("(?i)" + e.acceptPattern("") + ` \1` + "\n")
	var tags bytes.Buffer
	for _, w := range e.wishes() {
		fmt.Fprintf(&tags, "%s %s\n", strings.ToLower(w.Wish), w.Tag)
	}
	files["haproxy/tag.map"] = tags.Bytes()
	return files, e.addSnippets(files)
}

// rawResponse is a response as HAProxy's errorfile wants it.
func (e exporter) rawResponse(l *i18n.Language, status int, page []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for _, field := range [][2]string{
		{"Content-Type", "text/html; charset=utf-8"}, {"Content-Language", l.Tag}, {"Content-Length", fmt.Sprint(len(page))},
		{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}, {"Content-Security-Policy", e.site.CSP(pages.View{StatusOnly: true})},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", field[0], field[1])
	}
	b.WriteString("\r\n")
	b.Write(page)
	return b.Bytes()
}

// typeMap is what Apache's mod_negotiation chooses from.
func (e exporter) typeMap(status int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "URI: %d\n", status)
	for _, w := range e.wishes() {
		fmt.Fprintf(&b, "\nURI: %s/%d.html\nContent-Type: text/html; charset=utf-8\nContent-Language: %s\n", w.Tag, status, w.Wish)
	}
	return b.Bytes()
}

// addSnippets adds the configuration for each server, and the directory's README.md.
func (e exporter) addSnippets(files map[string][]byte) error {
	data := struct {
		At, CSP, Fallback, Accept, NamedAccept string
		Statuses, HAProxy                      []int
		Languages                              []*i18n.Language
		Wishes                                 []wish
	}{
		At: e.at, CSP: e.site.CSP(pages.View{StatusOnly: true}), Fallback: e.languages[0].Tag, Statuses: exported, HAProxy: byHAProxy,
		Accept: e.acceptPattern(""), NamedAccept: e.acceptPattern("fiveohtwo_found"), Languages: e.languages, Wishes: e.wishes(),
	}
	for _, t := range snippets.Templates() {
		var b bytes.Buffer
		if err := t.Execute(&b, data); err != nil {
			return err
		}
		name := t.Name()
		if name != "README.md" {
			name = path.Join("snippets", name)
		}
		files[name] = b.Bytes()
	}
	return nil
}
