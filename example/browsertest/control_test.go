package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// faulty is a page with every fault that the checks look for. Its policy allows what it
// loads from its own server.
const faulty = `<!doctype html>
<html lang="en"><head><meta name="viewport" content="width=device-width"><title>Faulty</title>
<style>
	@media (prefers-color-scheme: light) { #light { color: #888; background: #999 } }
	@media (prefers-color-scheme: dark) { #dark { color: #333; background: #222 } }
	@media print { #screen { display: none } }
	#wide { width: 700px; text-align: end }
	#clipped { width: 60px; overflow: hidden; white-space: nowrap }
	#out { width: 60px; white-space: nowrap }
	#faint { opacity: .3 }
	#counted::before { content: "counted"; color: #eee; background: #fff }
	.answer { display: none } .check:has(#yes:checked) .answer { display: block; color: #fafafa }
	body { background: #fff; color: #000 }
</style></head><body>
<p id="light">grey in the light</p><p id="dark">grey in the dark</p><p id="faint">faint</p>
<p id="counted"></p><p id="screen">not on paper</p>
<p id="wide">a paragraph too wide for a small screen</p>
<p id="clipped">a text that is cut off</p><p id="out">a text that sticks out</p>
<details><summary>folded</summary><p style="color: #eee">folded away</p></details>
<fieldset class="check"><label><input type="radio" name="check" id="yes">yes</label><p class="answer">answered</p></fieldset>
<p id="script">no script has run</p>
<p dir="rtl">من 2026-11-25</p><p>assigned to nobody: &#x379;, and with a mark: &#x379;&#x301;, e&#x379;</p>
<img src="/picture.png" alt="a picture"><img src="http://127.0.0.1:1/foreign.png">
<script>
	document.getElementById("script").textContent = "a script has run"
	console.error("said by the page")
	throw new Error("thrown by the page")
</script></body></html>`

// TestChecksFindFaults shows a faulty page to what the other tests trust.
func TestChecksFindFaults(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'")
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, faulty)
	}))
	t.Cleanup(server.Close)
	inEach(t, func(v *visitor) {
		v.sub("loading", func(v *visitor) { v.findsLoading(server.URL) })
		v.sub("layout", func(v *visitor) {
			v.look(smallest)
			v.finds(inAllStates(v, "layout", smallest.Width), "the page scrolls sideways", "p leaves the screen", "is clipped by p", "sticks out of p")
		})
		v.sub("contrast", func(v *visitor) {
			v.look(desktop)
			v.finds(inAllStates(v, "contrast", 4.5), "grey in the light", "faint", "::before", "folded away", "answered")
			v.look(view{Width: 1280, Height: 800, Dark: true})
			v.finds(inAllStates(v, "contrast", 4.5), "grey in the dark")
		})
		v.sub("left to right", func(v *visitor) { v.finds(inAllStates(v, "lefttoright"), "“2026-11-25” does not run") })
		v.sub("letters", func(v *visitor) {
			if v.browser == "chromium" {
				v.finds(measure[[]string](v, script(v, "letters"), "\u0380"), "(U+0379)", "(U+0379 U+0301)", "(U+0380)")
			}
		})
		v.sub("HTML_CodeSniffer", func(v *visitor) { v.finds(v.sniff(), "1_1_1.H37", "H71.NoLegend", "G18") })
		v.sub("axe", func(v *visitor) { v.finds(barriers(v, true), "image-alt") })
		v.sub("print", func(v *visitor) {
			const onPaper = `() => document.getElementById("screen").checkVisibility()`
			before := measure[bool](v, onPaper)
			v.look(view{Width: 1280, Height: 800, Print: true})
			if after := measure[bool](v, onPaper); !before || after {
				v.Errorf("seen on the screen: %t, on paper: %t", before, after)
			}
		})
		v.sub("without script", func(v *visitor) {
			v.look(desktop)
			with := measure[[]string](v, script(v, "snapshot"))
			v.look(view{Width: 1280, Height: 800, NoScript: true})
			v.open(server.URL)
			without := measure[[]string](v, script(v, "snapshot"))
			if !strings.Contains(fmt.Sprint(with), "a script has run") || !strings.Contains(fmt.Sprint(without), "no script has run") {
				v.Errorf("with script:\n%q\nwithout:\n%q", with, without)
			}
		})
	})
}

// findsLoading wants all that happens at loading to be recorded.
func (v *visitor) findsLoading(url string) {
	v.Helper()
	v.look(desktop)
	v.open(url)
	measure[bool](v, settle)
	requests, messages := v.tab.record().read()
	for path, status := range map[string]int{"/": http.StatusBadGateway, "/picture.png": http.StatusNotFound, "/favicon.ico": http.StatusNotFound} {
		if !slices.Contains(requests, request{url + path, status}) {
			v.Errorf("no request for %s with status %d was recorded: %v", path, status, requests)
		}
	}
	v.finds(messages, "said by the page", "thrown by the page")
	v.finds(messages, own(v.browser, request{url + "/", http.StatusBadGateway})...)
	v.finds(measure[[]string](v, `() => violations`), "img-src http://127.0.0.1:1/foreign.png")
}

// finds wants each of the texts in one of the faults found.
func (v *visitor) finds(faults []string, texts ...string) {
	v.Helper()
	for _, text := range texts {
		if !slices.ContainsFunc(faults, func(fault string) bool { return strings.Contains(fault, text) }) {
			v.Errorf("nothing about %q was found in %q", text, faults)
		}
	}
}
