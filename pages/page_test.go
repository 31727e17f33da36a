package pages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// outside are the letters that browsers escape in a URL.
var outside = regexp.MustCompile(`[^ -~]+`)

// isolates takes out the marks that keep a value apart in a text that runs from right
// to left: they show nothing.
var isolates = strings.NewReplacer("\u2068", "", "\u2069", "")

var (
	verdictOf = regexp.MustCompile(`<p class="verdict">.*?</p>`)
	isolated  = regexp.MustCompile(`<bdi>.*?</bdi>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
	stuck     = regexp.MustCompile(`[.!?।۔؟][\p{L}\p{N}]|。\s+\S`) // sentences, or far apart
)

// pageRules hold for every page there is.
var pageRules = []struct {
	name  string
	fault func(s sample, page string, root *node) string // empty: the rule is kept
}{
	{"one h1 and one main", func(_ sample, _ string, root *node) string {
		if len(root.all("h1")) != 1 || len(root.all("main")) != 1 {
			return "not one of each"
		}
		return ""
	}},
	{"the language and its direction", func(s sample, _ string, root *node) string {
		a := root.all("html")[0].attrs
		if a["lang"] != s.view.Language.Tag || a["dir"] != s.view.Language.Dir {
			return a["lang"] + " " + a["dir"]
		}
		return ""
	}},
	{"between the sentences of the verdict is the room that the language wants", func(_ sample, page string, _ *node) string {
		text := tags.ReplaceAllString(isolated.ReplaceAllString(verdictOf.FindString(page), "X"), "")
		if found := stuck.FindString(text); found != "" {
			return fmt.Sprintf("%q in %s", found, text)
		}
		return ""
	}},
	{"the title names the site, once", func(s sample, _ string, root *node) string {
		title, site := isolates.Replace(root.all("title")[0].words()), s.view.site(&s.brand)
		if s.view.noSite() { // it is about whose network this is
			site = s.brand.Site
		}
		if site == s.view.Language.Text("site.unnamed") {
			title = strings.ToLower(title)
			site = strings.ToLower(site)
		}
		if site != "" && strings.Count(title, site) != 1 {
			return title
		}
		return ""
	}},
	{"the title ends with the status code", func(s sample, _ string, root *node) string {
		title := isolates.Replace(root.all("title")[0].words())
		if !regexp.MustCompile(`\D\d{3}\PL?$`).MatchString(title) {
			return title
		}
		return ""
	}},
	{"the status code is not in the headline", func(s sample, _ string, root *node) string {
		if h1 := root.all("h1")[0].words(); regexp.MustCompile(`\d{3}`).MatchString(h1) {
			return h1
		}
		return ""
	}},
	{"a script where a failure happens just now, at the end of the body, else none", func(s sample, page string, root *node) string {
		scripts := root.all("script")
		end := strings.HasSuffix(page, "</div><script>"+script+"</script></body></html>")
		if s.view.scripted() != end || len(scripts) > 1 || len(scripts) == 1 && !end {
			return fmt.Sprintf("%d scripts", len(scripts))
		}
		return ""
	}},
	{"what only the script can do is hidden without it", func(s sample, _ string, root *node) (fault string) {
		if looks := root.classed("look"); (len(looks) == 1) != s.view.looksForItself() {
			return fmt.Sprintf("%d parts that look", len(looks))
		}
		var visit func(n *node, hidden bool)
		visit = func(n *node, hidden bool) {
			_, here := n.attrs["hidden"]
			hidden = hidden || here
			needs := n.tag == "button" || n.attrs["data-now"] != "" || n.attrs["data-is"] != ""
			if n.tag == "form" && here == s.view.Secure {
				fault = "the form is hidden: " + fmt.Sprint(here)
			}
			if n.tag != "form" && needs && !hidden {
				fault = "<" + n.tag + " " + n.attrs["class"] + "> is not"
			}
			for _, kid := range n.kids {
				visit(kid, hidden || n.tag == "form") // a form sends itself without script
			}
		}
		visit(root, false)
		return fault
	}},
	{"a form only sends the saved copies away", func(s sample, _ string, root *node) (fault string) {
		for _, form := range root.all("form") {
			if form.attrs["method"] != "post" || form.attrs["action"] != s.view.ClearCache || s.view.ClearCache == "" {
				fault = form.attrs["method"] + " " + form.attrs["action"]
			}
		}
		return fault
	}},
	{"no foreign element, no style attribute, no event attribute", func(_ sample, _ string, root *node) (fault string) {
		root.walk(func(n *node) {
			emptyIcon := n.tag == "link" && n.attrs["rel"] == "icon" && n.attrs["href"] == "data:,"
			if slices.Contains([]string{"iframe", "object", "embed", "link", "base", "img"}, n.tag) && !emptyIcon {
				fault = "<" + n.tag + ">"
			}
			for name := range n.attrs {
				if name == "style" || strings.HasPrefix(name, "on") {
					fault = name + " of <" + n.tag + ">"
				}
			}
		})
		return fault
	}},
	{"no refresh by the browser", func(_ sample, _ string, root *node) (fault string) {
		for _, meta := range root.all("meta") {
			if _, ok := meta.attrs["http-equiv"]; ok {
				fault = meta.attrs["http-equiv"]
			}
		}
		return fault
	}},
	{"links lead to the same address, to people, and to given pages", func(s sample, _ string, root *node) (fault string) {
		c := s.brand.Contact
		root.walk(func(n *node) {
			for name, value := range n.attrs {
				switch name {
				case "src", "formaction", "poster", "srcset", "data", "xlink":
					fault = name + "=" + value
				case "href":
					given := s.view.Type != "" && strings.HasPrefix(value, s.view.Type+"?lang=")
					people := c.Email != "" && strings.HasPrefix(value, "mailto:"+c.Email+"?") || c.Phone != "" && strings.HasPrefix(value, "tel:")
					given = given || value == "#languages" || slices.ContainsFunc(makers, func(m maker) bool { return m.help == value })
					again := value == "" || value == "/" && n.attrs["target"] == "_blank"
					if !again && value != "data:," && !given && !people && (value != c.StatusPage || c.StatusPage == "") {
						fault = "href=" + value
					}
				}
			}
		})
		return fault
	}},
	{"nothing is loaded from anywhere", func(s sample, page string, _ *node) string {
		if s.brand.Contact.StatusPage != "" {
			page = strings.ReplaceAll(page, s.brand.Contact.StatusPage, "")
		}
		if s.view.canaries.list() != "" {
			page = strings.Replace(page, ` data-canaries="`+s.view.canaries.list()+`"`, "", 1)
		}
		for _, m := range makers { // links
			page = strings.ReplaceAll(page, m.help, "")
		}
		page = strings.ToLower(page)
		for _, outside := range []string{"http:", "https:", "//", "url(", "@import", "src="} {
			if strings.Contains(page, outside) {
				return outside
			}
		}
		return ""
	}},
	{"every id is there once", func(_ sample, _ string, root *node) (fault string) {
		ids := map[string]bool{}
		root.walk(func(n *node) {
			if id, ok := n.attrs["id"]; ok {
				if ids[id] {
					fault = id
				}
				ids[id] = true
			}
		})
		return fault
	}},
	{"nothing is empty", func(s sample, _ string, root *node) (fault string) {
		for _, tag := range []string{"title", "h1", "h2", "p", "li", "dt", "dd", "b", "bdi", "summary", "legend", "label", "a"} {
			for _, n := range root.all(tag) {
				if n.words() == "" && (tag != "label" || n.all("input") == nil) {
					fault = "<" + tag + ">"
				}
			}
		}
		return fault
	}},
	{"no placeholder is left", func(_ sample, _ string, root *node) string {
		return regexp.MustCompile(`\{\{|\}\}|%!`).FindString(root.all("body")[0].words())
	}},
	{"four stations, one of them marked", func(s sample, _ string, root *node) string {
		line := root.classed("line")
		if s.view.cleaned().story(s.brand).gap == "" && len(line) == 0 { // the status has no place on it
			return ""
		}
		if len(line) != 1 || len(line[0].kids) != 4 || len(root.classed("stopped")) != 1 {
			return "another line"
		}
		return ""
	}},
	{"the line has one gap, or none where it holds up to the site", func(s sample, _ string, root *node) string {
		want := 1
		if g := s.view.cleaned().story(s.brand).gap; g == gapSite || g == gapNone || g == "" {
			want = 0 // drawn by the last node, or there is no line
		}
		if len(root.classed("ends")) != want {
			return "another number of loose ends"
		}
		return ""
	}},
	{"the word on a form comes before every button", func(_ sample, page string, _ *node) string {
		box, button := strings.Index(page, `class="box"`), strings.Index(page, `class="act"`)
		if box >= 0 && button >= 0 && box > button {
			return "after"
		}
		return ""
	}},
	{"pictures are not read out, and the line is by its words", func(_ sample, _ string, root *node) (fault string) {
		for _, svg := range root.all("svg") {
			if svg.attrs["aria-hidden"] != "true" && svg.attrs["class"] != "ends" {
				fault = svg.attrs["class"]
			}
		}
		for _, span := range root.classed("span") {
			if span.attrs["aria-hidden"] != "true" {
				fault = "span"
			}
		}
		return fault
	}},
}

// TestEveryPage draws the samples in every language, and every failure in English.
func TestEveryPage(t *testing.T) {
	takesLong(t)
	var cases []sample
	for _, l := range catalogue().Languages() {
		for _, s := range samples() {
			cases = append(cases, sample{s.name + " in " + l.Tag, l.Tag, s.brand, s.in(l)})
		}
	}
	for i, v := range usualViews() {
		cases = append(cases, sample{label(v), "en", []Brand{shop, hoster, {}}[i%3], v})
	}
	pages := make([]string, len(cases))
	trees := make([]*node, len(cases))
	t.Run("well-formed", func(t *testing.T) {
		for i, s := range cases {
			pages[i] = html(t, s.brand, s.view)
			root, err := parse(pages[i])
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			trees[i] = root
		}
	})
	for _, rule := range pageRules {
		t.Run(rule.name, func(t *testing.T) {
			faults := 0
			for i, s := range cases {
				if fault := rule.fault(s, pages[i], trees[i]); fault != "" {
					if faults++; faults <= 8 {
						t.Errorf("%s: %s", s.name, fault)
					}
				}
			}
			if faults > 8 {
				t.Errorf("and %d more", faults-8)
			}
		})
	}
}

// TestTitle: the name of the site comes first where the headline does not have it, so that a
// row of tabs can be told apart.
func TestTitle(t *testing.T) {
	for _, tt := range []struct {
		name, site string
		kind       diagnosis.Type
		want       string
	}{
		{"the headline begins with the site", "Example Shop", diagnosis.ConnectionRefused, "Example Shop is not answering right now (502)"},
		{"the headline ends with the site", "Example Shop", diagnosis.DestinationIPUnroutable, "We can’t reach Example Shop (502)"},
		{"the headline does not name the site", "Example Shop", diagnosis.ProxyInternalError, "Example Shop: Something broke here (500)"},
		{"the site is named like a word of the headline", "here", diagnosis.ProxyInternalError, "here: Something broke here (500)"},
		{"the site is named like the first word of the headline", "Some", diagnosis.ProxyInternalError, "Some: Something broke here (500)"},
		{"a name with a bracket", "A < B & C", diagnosis.ConnectionRefused, "A < B & C is not answering right now (502)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := tree(t, html(t, Brand{Site: tt.site}, failed(tt.kind.Diagnosis(), "GET")))
			if got := root.all("title")[0].words(); got != tt.want {
				t.Errorf("title = %q, want %q", got, tt.want)
			}
		})
	}
}

// TestShown: a view shows what it has, and leaves out the rest.
func TestShown(t *testing.T) {
	refused := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
	change := func(f func(*View)) View { v := refused; f(&v); return v }
	only := func(c Contact) Brand { return Brand{Site: "Example Shop", Contact: c} }
	for _, tt := range []struct {
		name   string
		brand  Brand
		view   View
		shown  []string
		hidden []string
	}{
		{"all of the contact", shop, refused, []string{"help@example.com", "+44 20 7946 0000", "Monday to Friday", "https://status.example.net/", "Tell us"}, nil},
		{"no contact", Brand{}, refused, nil, []string{"Tell us", "mailto:", "tel:", "The contact is below"}},
		{"only an address", only(Contact{Email: "help@example.com"}), refused, []string{"help@example.com"}, []string{"Phone</dt>", "tel:", "Status page"}},
		{"only a number", only(Contact{Phone: "112"}), refused, []string{"112"}, []string{"Email</dt>", "mailto:", "Status page"}},
		{"only a status page", only(Contact{StatusPage: "https://status.example.net/"}), refused, []string{"https://status.example.net/"}, []string{"mailto:", "tel:"}},
		{"hours without a number are no contact", only(Contact{Hours: "9 to 17"}), refused, nil, []string{"Tell us", "The contact is below"}},
		{"the host instead of a name, without its port", Brand{}, refused, []string{"shop.example.com is not answering"}, []string{"shop.example.com:8443 is"}},
		{"the address with its port", Brand{}, refused, []string{"shop.example.com:8443/cart/pay"}, nil},
		{"an IPv6 host without its brackets", Brand{}, change(func(v *View) { v.Host = "[2001:db8::1]:8443" }), []string{"2001:db8::1 is not answering"}, []string{"[2001:db8::1] is"}},
		{"neither a name nor a host", Brand{}, change(func(v *View) { v.Host = "" }), []string{"this site", "/cart/pay"}, nil},
		{"no address at all", Brand{}, change(func(v *View) { v.Host, v.Path = "", "" }), []string{"this site"}, []string{"Address"}},
		{"a long address is cut", shop, change(func(v *View) { v.Path = "/" + strings.Repeat("a", 500) }), []string{"aaa…"}, []string{strings.Repeat("a", 121)}},
		{"the reference, to be read out", shop, refused, []string{"Please give the reference 7KQ2-M9XD."}, nil},
		{"no reference", shop, change(func(v *View) { v.Reference = "" }), nil, []string{"Reference", "reference"}},
		{"the time, in UTC", shop, refused, []string{"2026-03-13 08:41:07 UTC", `datetime="2026-03-13T08:41:07Z"`}, nil},
		{"no time", shop, change(func(v *View) { v.Time = explained("").Time }), nil, []string{"0001", "Time</dt>"}},
		{"status and type for support", shop, refused, []string{"502 Bad Gateway, connection_refused"}, nil},
		{"a status that has no phrase", shop, change(func(v *View) { v.Diagnosis.Status = 520 }), []string{"520, connection_refused"}, nil},
		{"no type", shop, relayed(503), []string{"503 Service Unavailable"}, []string{"Unavailable,"}},
		{"trying again, for what can be repeated", shop, refused, []string{`<a class="button" href="">Try again</a>`}, []string{"Back button"}},
		{"the way back to a form", shop, change(func(v *View) { v.Method = "POST" }), []string{"Back button"}, []string{"Try again</a>"}},
		{"no language switcher without languages", shop, refused, nil, []string{"<nav>"}},
		{"no language switcher for one language", shop, change(func(v *View) { v.switcher = offering("en") }), nil, []string{"<nav>"}},
		{"a language switcher in the names of the languages", shop, switchable(refused), []string{`lang="ar" dir="rtl">العربية</a>`, `lang="de">Deutsch</a>`}, nil},
		{"an explanation repeats no request", shop, explained(diagnosis.ConnectionRefused), nil, []string{"Try again</a>", "Details for support", "This page came through", "this page came through", "0001"}},
		{"a third party calls the site by its name", hoster, refused, []string{"The problem is at", "Tell <bdi>Example Shop</bdi>"}, []string{" our side", "Tell us"}},
		{"a third party does not take the site's mail", hoster, change(func(v *View) { v.Method, v.Diagnosis.Outcome = "POST", diagnosis.OutcomeUnknown }), nil, []string{"contact us", "from us"}},
		{"a word on a form does not send people to a contact that is not there", Brand{}, change(func(v *View) { v.Method, v.Diagnosis.Outcome = "POST", diagnosis.OutcomeUnknown }), []string{"We can’t tell if your form went through"}, []string{"contact us"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := html(t, tt.brand, tt.view)
			_, body, _ := strings.Cut(page, "</head>")
			plain := tree(t, page).all("body")[0].words()
			for _, text := range tt.shown {
				if !strings.Contains(body, text) && !strings.Contains(plain, text) {
					t.Errorf("%q is not shown", text)
				}
			}
			for _, text := range tt.hidden {
				if strings.Contains(body, text) || strings.Contains(plain, text) {
					t.Errorf("%q is shown", text)
				}
			}
		})
	}
}

// TestReport: the mail that a visitor sends has what support needs, in English.
func TestReport(t *testing.T) {
	v := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
	v.Language = lang(t, "de")
	href := hrefOf(t, html(t, shop, v), "mailto:")
	for _, want := range []string{
		"Reference:%207KQ2-M9XD%0D%0A", "Time:%202026-03-13%2008:41:07%20UTC", "Step:%20connect",
		"Address:%20shop.example.com:8443/cart/pay", "Error:%20502%20Bad%20Gateway,%20connection_refused",
	} {
		if !strings.Contains(href, want) {
			t.Errorf("%s is not in %s", want, href)
		}
	}
	t.Run("what is not known is left out", func(t *testing.T) {
		href := hrefOf(t, html(t, shop, explained(diagnosis.ConnectionRefused)), "mailto:")
		for _, empty := range []string{"0001", "Reference:%20%0D", "Time:%20%0D", "reference%20)"} {
			if strings.Contains(href, empty) {
				t.Errorf("%s is in %s", empty, href)
			}
		}
	})
	t.Run("short enough for old mail programs", func(t *testing.T) {
		for _, l := range catalogue().Languages() {
			v := v
			v.Language, v.Path = l, "/"+strings.Repeat("%E2%82%AC", 1000)
			site := shop
			site.Site = strings.Repeat("ع", 50)
			u, err := url.Parse(hrefOf(t, html(t, site, v), "mailto:"))
			if err != nil {
				t.Fatal(err)
			}
			u.RawQuery = outside.ReplaceAllStringFunc(u.RawQuery, url.PathEscape) // as browsers do
			if href := u.String(); len(href) > 1800 {
				t.Errorf("%s: %d bytes", l.Tag, len(href))
			}
		}
	})
}

// hrefOf returns the first link that begins so.
func hrefOf(t testing.TB, page, begin string) string {
	t.Helper()
	for _, a := range tree(t, page).all("a") {
		if strings.HasPrefix(a.attrs["href"], begin) {
			return a.attrs["href"]
		}
	}
	t.Fatalf("no link begins with %s", begin)
	return ""
}

func TestEndedContextGivesNoPage(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	page, err := compile(t, shop).HTML(ctx, failed(diagnosis.ConnectionRefused.Diagnosis(), "GET"))
	if !errors.Is(err, context.Canceled) || page != nil {
		t.Errorf("HTML = %d bytes, %v; want an error and none", len(page), err)
	}
}

func TestFooter(t *testing.T) {
	view := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
	t.Run("is below the page, and rendered once", func(t *testing.T) {
		rendered := 0
		site := compile(t, Brand{Slots: Slots{Footer: templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			rendered++
			_, err := io.WriteString(w, "<p>Example Ltd, Dover</p>")
			return err
		})}})
		for range 2 {
			page, err := site.HTML(t.Context(), view)
			if err != nil {
				t.Fatal(err)
			}
			tree(t, string(page))
			if _, below, _ := strings.Cut(string(page), "</main>"); !strings.Contains(below, "<p>Example Ltd, Dover</p>") {
				t.Error("the page has no footer")
			}
		}
		if rendered > 1 {
			t.Errorf("rendered %d times", rendered)
		}
	})
}

// TestLastResort: the page of last resort needs nothing, and says the same status.
func TestLastResort(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		want   string // in the title
	}{
		{"a status with a phrase", http.StatusBadGateway, "Bad Gateway"},
		{"another", http.StatusGatewayTimeout, "Gateway Timeout"},
		{"a status that has no phrase", 520, "520"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := tree(t, string(lastResort(tt.status)))
			if len(root.all("h1")) != 1 || root.all("html")[0].attrs["lang"] != "en" || root.all("style") != nil {
				t.Error("another page")
			}
			if title := root.all("title")[0].words(); !strings.Contains(title, tt.want) {
				t.Errorf("title = %q, want %q in it", title, tt.want)
			}
		})
	}
}

// TestSiteIsSafeForConcurrentUse is for the race detector.
func TestSiteIsSafeForConcurrentUse(t *testing.T) {
	site := compile(t, shop)
	var wg sync.WaitGroup
	for _, s := range samples() {
		wg.Go(func() {
			v := s.in(lang(t, s.lang))
			if _, err := site.HTML(t.Context(), v); err != nil {
				t.Error(err)
			}
			site.Text(v)
			site.Problem(v)
		})
	}
	wg.Wait()
}

func BenchmarkHTML(b *testing.B) {
	for _, s := range samples() {
		switch s.name {
		case "gap-between-refused", "form-unknown-slow", "gap-between-not-found":
			b.Run(s.name, func(b *testing.B) {
				site, view := compile(b, s.brand), s.in(lang(b, s.lang))
				b.ReportAllocs()
				for b.Loop() {
					page, err := site.HTML(b.Context(), view)
					if err != nil {
						b.Fatal(err)
					}
					b.SetBytes(int64(len(page)))
				}
			})
		}
	}
}

// TestUnnamedSite: the words for a site without a name begin a sentence with a capital
// letter, and stay as they are within one.
func TestUnnamedSite(t *testing.T) {
	for _, tt := range []struct{ lang, headline, subject string }{
		{"en", "This site is not answering right now", "We can’t reach this site"},
		{"de", "Diese Website antwortet gerade nicht", "Wir können diese Website nicht erreichen"},
	} {
		v := failed(anyDiagnosis, "GET")
		v.Host, v.Language = "", lang(t, tt.lang)
		p := compile(t, Brand{}).page(v)
		if got := p.text("headline.site"); got != tt.headline {
			t.Errorf("%s: %q, want %q", tt.lang, got, tt.headline)
		}
		if got := p.text("headline.unreachable"); got != tt.subject {
			t.Errorf("%s: %q, want %q", tt.lang, got, tt.subject)
		}
	}
	p := compile(t, Brand{Site: "this site of ours"}).page(failed(anyDiagnosis, "GET"))
	if got := p.text("headline.site"); got != "this site of ours is not answering right now" {
		t.Errorf("a name is changed: %q", got)
	}
}

// TestNamesAtTheVisitorsSide: the page of an office's gateway is the office's, and speaks of
// the site that was asked for.
func TestNamesAtTheVisitorsSide(t *testing.T) {
	office := Brand{Site: "Example Office"}
	for _, name := range []string{"visitor: all", "visitor: one"} {
		root := tree(t, html(t, office, judged(diagnosis.ConnectionRefused.Diagnosis(), name, "GET")))
		if got := root.classed("site")[0].words(); got != "Example Office" {
			t.Errorf("%s: the page is that of %q", name, got)
		}
		if got := root.classed("line")[0].kids[3].words(); !strings.HasPrefix(got, "shop.example.com") {
			t.Errorf("%s: the last station is %q", name, got)
		}
	}
}
