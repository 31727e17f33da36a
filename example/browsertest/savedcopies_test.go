package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// A shop is a site with a style sheet that browsers keep, and a form. Its pages can fail.
type shop struct {
	program program
	up      atomic.Bool
	styles  atomic.Int64 // how often the style sheet was sent
}

func startShop(v *visitor, name string) *shop {
	v.Helper()
	s := &shop{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/style.css":
			s.styles.Add(1)
			w.Header().Set("Cache-Control", "max-age=3600")
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, "p { color: red }")
		case !s.up.Load() || r.Method == http.MethodPost:
			panic(http.ErrAbortHandler)
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><title>The shop</title><link rel="stylesheet" href="/style.css"><p>Welcome</p>
				<form method="post" action="/order"><input name="what" value="tea"><button>Order</button></form>`)
		}
	}))
	v.Cleanup(site.Close)
	var err error
	if s.program, err = startProgram(name+"-"+v.browser, "-upstream", site.URL, "-site", "Example Shop", "-contact", "help@example.com"); err != nil {
		v.Fatal(err)
	}
	return s
}

// keep has the browser keep the style sheet, and shows the page of a failure.
func (s *shop) keep(v *visitor) {
	v.Helper()
	s.up.Store(true)
	s.styles.Store(0)
	v.open(s.program.url + "/cart")
	v.open(s.program.url + "/cart?again")
	if n := s.styles.Load(); n > 1 {
		v.Fatalf("the style sheet was sent %d times: the browser keeps none", n)
	}
	s.styles.Store(0)
	s.up.Store(false)
	v.open(s.program.url + "/cart")
}

// waitFor waits until something has happened elsewhere than in the page.
func waitFor(v *visitor, what string, happened func() bool) {
	v.Helper()
	for end := time.Now().Add(patience); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			v.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// TestSavedCopies: the button really has the browser throw away what it keeps.
func TestSavedCopies(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startShop(v, "saved-copies")
		v.sub("by script, then in a new tab", func(v *visitor) {
			v.look(desktop)
			s.keep(v)
			const way = `() => document.querySelector(".more form a").checkVisibility()`
			v.click(".more summary", 0)
			if measure[bool](v, way) {
				v.Error("the way on is there before")
			}
			v.click(".more form button", 0)
			waitFor(v, "the way on", func() bool { return measure[bool](v, way) })
			s.up.Store(true)
			v.click(".more form a", 0)
			waitFor(v, "the style sheet, anew", func() bool { return s.styles.Load() == 1 })
		})
		v.sub("without script, then the page again", func(v *visitor) {
			v.look(desktop)
			s.keep(v)
			how := desktop
			how.NoScript = true
			v.look(how)
			v.open(s.program.url + "/cart")
			v.click(".more summary", 0)
			s.up.Store(true)
			v.follow(".more form button", 0)
			requests, _ := v.tab.record().read()
			if !slices.Contains(requests, request{s.program.url + "/cart", http.StatusOK}) {
				v.Errorf("requests %v", requests)
			}
			// Chromium goes on using what the tab has in its memory.
			if v.browser == "firefox" {
				waitFor(v, "the style sheet, anew", func() bool { return s.styles.Load() == 1 })
			}
		})
		v.sub("another site cannot ask for it", func(v *visitor) {
			v.look(desktop)
			s.keep(v)
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(w, `<!doctype html><form method="post" action="%s/_fiveohtwo/clear-cache"><button>Go</button></form>`, s.program.url)
			}))
			v.Cleanup(other.Close)
			v.open(other.URL)
			v.follow("button", 0)
			requests, _ := v.tab.record().read()
			if want := (request{s.program.url + "/_fiveohtwo/clear-cache", http.StatusForbidden}); !slices.Contains(requests, want) {
				v.Errorf("requests %v, want %v", requests, want)
			}
			s.up.Store(true)
			v.open(s.program.url + "/cart")
			if n := s.styles.Load(); n != 0 {
				v.Errorf("the style sheet was sent %d times: the copies are gone", n)
			}
		})
	})
}

// TestReport: the button copies what support asks for, with a clipboard and, as on plain
// http, without.
func TestReport(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startShop(v, "report")
		v.look(desktop)
		v.preload(`() => {
			globalThis.copied = "";
			const real = navigator.clipboard?.writeText.bind(navigator.clipboard);
			if (real) navigator.clipboard.writeText = text => real(text).then(() => (globalThis.copied = text));
		}`)
		for _, tt := range []struct{ name, preload string }{
			{"with a clipboard", `() => {}`},
			{"without", `() => {
				Object.defineProperty(navigator, "clipboard", { value: undefined });
				const real = DataTransfer.prototype.setData;
				DataTransfer.prototype.setData = function (kind, text) {
					real.call(this, kind, text);
					globalThis.copied = this.getData(kind);
				};
			}`},
		} {
			v.sub(tt.name, func(v *visitor) {
				v.preload(tt.preload)
				v.open(s.program.url + "/cart?secret=1")
				v.click(".more summary", 2)
				v.click(".copy button", 0)
				const done = `() => document.querySelector(".copy [role=status]").textContent`
				waitFor(v, "the word that it is copied", func() bool { return measure[string](v, done) == "Copied" })
				reference := measure[string](v, `() => document.querySelector(".code").innerText`)
				got, at := measure[string](v, `() => globalThis.copied`), measure[string](v, `() => document.querySelector("time[data-as]").textContent`)
				want := "Reference: " + reference + "\nError: 502 Bad Gateway, connection_terminated\nTime: " + at + "\nAddress: " + s.program.url[len("http://"):] + "/cart"
				if got != want {
					v.Errorf("copied:\n%s\nwant:\n%s", got, want)
				}
			})
		}
	})
}

// TestBackToForm: who has sent a form gets back to what was typed.
func TestBackToForm(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startShop(v, "form")
		s.up.Store(true)
		v.look(desktop)
		v.open(s.program.url + "/form")
		measure[bool](v, `() => { document.querySelector("input").value = "coffee"; return true }`)
		v.follow("button", 0)
		if text := measure[string](v, `() => document.querySelector(".box").innerText + document.querySelector(".back").innerText`); text == "" {
			v.Error("there is no word on the form")
		}
		v.click(".back button", 0)
		waitFor(v, "the form", func() bool { return measure[string](v, `() => document.title`) == "The shop" })
		if typed := measure[string](v, `() => document.querySelector("input").value`); typed != "coffee" {
			v.Errorf("the form holds %q", typed)
		}
	})
}
