package pages_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// refused is what the examples show.
func refused() pages.View {
	catalogue, err := i18n.New(i18n.Config{})
	if err != nil {
		log.Fatal(err)
	}
	d := diagnosis.ConnectionRefused.Diagnosis()
	return pages.View{Language: catalogue.Lookup("de"), Diagnosis: d, Verdict: diagnosis.Judge(d, diagnosis.Evidence{})}
}

// A brand of its own looks: everything is checked once, when the program starts.
func ExampleBrand() {
	_, err := pages.Compile(pages.Brand{
		Site:   "Example Shop",
		Logo:   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><path d="M0 0h120v32z"></svg`,
		Theme:  pages.ThemeCard,
		Accent: "#c2185b",
		Radius: "large",
		Font:   `Inter, "Segoe UI", sans-serif`,
	})
	fmt.Println(err)
	// Output:
	// pages: Brand.Logo "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 120 32\"><path d=\"M0 0h120v32z\"></svg": want an svg element, or data:image/…;base64,…
	// pages: Brand.Radius "large": want 0 or a length up to 32px or 2rem, such as 6px or 0.5rem
}

// A slot speaks the language of the page. It is rendered once for each.
func ExampleLanguageOf() {
	footer := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		imprint := map[string]string{"de": "Impressum"}[pages.LanguageOf(ctx).Tag]
		if imprint == "" {
			imprint = "Imprint"
		}
		_, err := fmt.Fprintf(w, `<a href="https://about.example.net/">%s</a>`, imprint)
		return err
	})
	site, err := pages.Compile(pages.Brand{Slots: pages.Slots{Footer: footer}})
	if err != nil {
		log.Fatal(err)
	}
	page, err := site.HTML(context.Background(), refused())
	if err != nil {
		log.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "<footer>")
	fmt.Println(after[:strings.Index(after, "</footer>")])
	// Output: <a href="https://about.example.net/">Impressum</a>
}

// Slots that depend on the request stand in the place of the constant ones.
func ExampleSlots() {
	brand := pages.Brand{
		Slots: pages.Slots{Footer: templ.Raw("<p>Example Ltd, Dover</p>")},
		SlotsOf: func(r *http.Request) pages.Slots {
			if !strings.HasPrefix(r.URL.Path, "/checkout/") {
				return pages.Slots{}
			}
			return pages.Slots{Advice: templ.Raw("<p>Your basket is kept for a day.</p>")}
		},
	}
	site, err := pages.Compile(brand)
	if err != nil {
		log.Fatal(err)
	}
	view := refused()
	view.Request, err = http.NewRequestWithContext(context.Background(), http.MethodGet, "https://shop.example.com/checkout/pay", nil)
	if err != nil {
		log.Fatal(err)
	}
	page, err := site.HTML(context.Background(), view)
	fmt.Println(strings.Contains(string(page), "basket is kept"), strings.Contains(string(page), "Dover"), err)
	// Output: true true <nil>
}

// A page all of one's own gets the same view, and needs a policy. Where it fails, the
// built-in page is shown, and the error says so.
func ExampleSite_Page() {
	site, err := pages.Compile(pages.Brand{
		Page: func(v pages.View) templ.Component {
			text := fmt.Sprintf("<!doctype html><title>%d</title><p>Party: %s", v.Diagnosis.Status, v.Verdict.Party)
			return templ.Raw(text)
		},
		PageCSP: "default-src 'none'",
	})
	if err != nil {
		log.Fatal(err)
	}
	view := refused()
	page, err := site.Page(context.Background(), &view, false)
	fmt.Println(string(page.Body), page.Policy, err)
	page.Release()
	// Output: <!doctype html><title>502</title><p>Party: site default-src 'none' <nil>
}
