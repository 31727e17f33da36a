package pages_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// gatewaySite is the site of a gateway with 47 languages and a canary.
func gatewaySite(t *testing.T, b pages.Brand, languages ...string) *pages.Site {
	t.Helper()
	catalogue, err := i18n.New(i18n.Config{Languages: languages})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := pages.New(pages.Config{Catalogue: catalogue, Canaries: []string{"https://canary.example/alive"}})
	if err != nil {
		t.Fatal(err)
	}
	site, err := gateway.Site(b)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// visited is a failure that a visitor met, with the fields of the request.
func visited(site *pages.Site, fields ...string) *pages.View {
	d := diagnosis.ConnectionRefused.Diagnosis()
	h := http.Header{}
	for i := 0; i < len(fields); i += 2 {
		h.Set(fields[i], fields[i+1])
	}
	return &pages.View{
		Language: site.Catalogue().Lookup("en"), Diagnosis: d, Verdict: diagnosis.Judge(d, diagnosis.Evidence{}), Host: "shop.example.com",
		Type: "/why/" + string(d.Type), Reference: "7KQ2-M9XD", Status: "/status?k=1", Request: &http.Request{Header: h},
	}
}

// TestPage: what a browser gets follows from the view and from the fields of its request, and
// is the same when it is rendered, joined of pieces, or compressed.
func TestPage(t *testing.T) {
	const chrome = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36"
	broken := templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("broken") })
	own := func(v pages.View) templ.Component { return templ.Raw("<p>ours, " + v.Reference) }
	for _, c := range []struct {
		name      string
		brand     pages.Brand
		languages []string
		fields    []string
		change    func(*pages.View)
		shown     []string
		hidden    []string
		policy    string
		err       string
	}{
		{name: "a page asks the canaries of the gateway", shown: []string{`data-canaries="https://canary.example/alive"`}, policy: "connect-src 'self' https://canary.example"},
		{name: "and none where it cannot ask the gateway", change: func(v *pages.View) { v.Status = "" }, hidden: []string{"canary"}, policy: "script-src"},
		{name: "languages that the visitor reads, and the way to all", fields: []string{"Accept-Language", "de, ja;q=0.5"},
			shown: []string{`<a href="/why/connection_refused?lang=de"`, `?lang=ja"`, `<a href="/why/connection_refused?lang=en#languages"`}, hidden: []string{`?lang=fr"`, `?lang=en"`}},
		{name: "all languages where they are few", languages: []string{"en", "de", "fr"}, shown: []string{`?lang=de"`, `?lang=fr"`, `?lang=en"`}, hidden: []string{"#languages"}},
		{name: "all languages on an explanation", change: func(v *pages.View) { v.Explained = true }, shown: []string{`?lang=fr"`, `?lang=en"`, `<nav class="all" id="languages">`}},
		{name: "no switcher without a page that it leads to", change: func(v *pages.View) { v.Type = "" }, hidden: []string{"<nav>"}},
		{name: "no switcher in a frame", change: func(v *pages.View) { v.Frame = true }, hidden: []string{"<nav>"}},
		{name: "no switcher without a request", change: func(v *pages.View) { v.Request = nil }, hidden: []string{"<nav>"}, shown: []string{"Safari on an iPhone"}},
		{name: "the keys of the visitor's browser", fields: []string{"User-Agent", chrome}, hidden: []string{"Safari on an iPhone"}, shown: []string{"https://support.google.com/chrome/"}},
		{name: "a brand from the hints of the browser", fields: []string{"User-Agent", chrome, "Sec-Ch-Ua", `"Not?A\"Brand";v="24", "Microsoft Edge";v="156"`}, shown: []string{"https://support.microsoft.com/"}, hidden: []string{"Safari on an iPhone"}},
		{name: "a parameter is no brand", fields: []string{"User-Agent", chrome, "Sec-Ch-Ua", `"Chromium";v="Microsoft Edge"`}, shown: []string{`">Edge</a>`}, hidden: []string{"Safari on an iPhone"}},
		{name: "the brand's own page", brand: pages.Brand{Page: own, PageCSP: "default-src 'none'"}, shown: []string{"<p>ours, 7KQ2-M9XD"}, hidden: []string{"<h1>"}, policy: "default-src 'none'"},
		{name: "ours where that fails", brand: pages.Brand{Page: func(pages.View) templ.Component { return broken }, PageCSP: "default-src 'none'"}, shown: []string{"<h1>"}, policy: "style-src", err: "Brand.Page: broken"},
		{name: "a page without the slot that fails", brand: pages.Brand{Slots: pages.Slots{Footer: broken}}, shown: []string{"<h1>"}, hidden: []string{"<footer>"}, err: "Brand.Slots.Footer: broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := gatewaySite(t, c.brand, c.languages...)
			view := visited(site, c.fields...)
			if c.change != nil {
				c.change(view)
			}
			before := *view
			ended, cancel := context.WithCancel(t.Context())
			cancel() // the request often is over
			var first string
			for i := range 4 {
				page, err := site.Page(ended, view, i%2 == 1)
				if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				body := text(t, page)
				page.Release()
				if i == 0 {
					first = body
				}
				if body != first || page.Static || !strings.Contains(page.Policy, c.policy) {
					t.Errorf("page %d is another one, or its policy is: %s", i, page.Policy)
				}
			}
			if !reflect.DeepEqual(*view, before) {
				t.Error("the view was changed")
			}
			for _, want := range c.shown {
				if !strings.Contains(first, want) {
					t.Errorf("it has no %s", want)
				}
			}
			for _, no := range c.hidden {
				if strings.Contains(first, no) {
					t.Errorf("it has %s", no)
				}
			}
		})
	}
}

func text(t *testing.T, page pages.Page) string {
	t.Helper()
	if !page.Gzip {
		return string(page.Body)
	}
	r, err := gzip.NewReader(bytes.NewReader(page.Body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// TestNewJoinsAllFaults: canaries are checked once, for all sites.
func TestNewJoinsAllFaults(t *testing.T) {
	_, err := pages.New(pages.Config{Canaries: []string{"/alive", "https://a.example/#x"}})
	if err == nil || !strings.Contains(err.Error(), `canary "/alive"`) || !strings.Contains(err.Error(), `canary "https://a.example/#x"`) {
		t.Errorf("New = %v", err)
	}
}
