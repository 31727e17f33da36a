package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// hurry makes a page's clocks run twenty times as fast, or more patient visitors would be
// needed; what is asked of the gateway stays real.
const hurry = `() => {
	const real = globalThis.setInterval.bind(globalThis);
	globalThis.setInterval = (f, ms, ...args) => real(f, ms / 20, ...args);
}`

// hide makes a page believe that nobody sees it, or that somebody does.
const hide = `hidden => {
	Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
	document.dispatchEvent(new Event("visibilitychange"));
	return hidden;
}`

// shown is what can be read in the part that looks, and where the tab is.
const shown = `() => ({
	next: !document.querySelector(".next")?.checkVisibility() ? "" : document.querySelector(".next").innerText.replace(/\s+/g, " "),
	says: [...document.querySelectorAll("[data-is]")].filter(p => p.checkVisibility()).map(p => p.dataset.is),
	verdict: [...document.querySelectorAll(".verdict")].filter(p => p.checkVisibility()).map(p => p.dataset.now ?? ""),
	title: document.title,
	focus: document.activeElement?.innerText ?? "",
})`

type looking struct {
	Next    string
	Says    []string
	Verdict []string
	Title   string
	Focus   string
}

// asked counts the requests for the status that the gateway saw with that word in the
// address of the page.
func (s *stage) statusRequests(v *visitor) int {
	v.Helper()
	n, err := s.program.requests("/_fiveohtwo/status")
	if err != nil {
		v.Fatal(err)
	}
	return n
}

// until waits until what the page shows is as wanted.
func until(v *visitor, what string, wanted func(looking) bool) (last looking) {
	v.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if last = measure[looking](v, shown); wanted(last) {
			return last
		}
	}
	v.Fatalf("%s: not within %v; the page shows %+v", what, patience, last)
	return last
}

func says(name string) func(looking) bool {
	return func(l looking) bool { return slices.Contains(l.Says, name) }
}

// TestKeepsLooking: the page asks from time to time while somebody sees it, and opens the
// site when that is back, unless it is in use.
func TestKeepsLooking(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startStage(v, "keeps-looking", 0)
		v.preload(hurry)
		pages := 0
		fail := func(v *visitor) (path string) {
			v.Helper()
			s.set(v, false)
			v.look(desktop)
			pages++ // or the part after # would lead to another place of the page that is there
			path = fmt.Sprintf("/cart?page=%d", pages)
			v.open(s.program.url + path + "#c")
			return path
		}
		v.sub("it says when it looks next, and that the site does not answer yet", func(v *visitor) {
			fail(v)
			first := measure[looking](v, shown)
			if !strings.HasPrefix(first.Next, "We keep looking.") || !strings.Contains(first.Next, "0:0") {
				v.Errorf("it shows %+v", first)
			}
			until(v, "the first look", says("down"))
			if n := s.statusRequests(v); n == 0 {
				v.Error("the gateway was not asked")
			}
		})
		v.sub("it opens the site when that is back", func(v *visitor) {
			path := fail(v)
			s.set(v, true)
			until(v, "the site", func(l looking) bool { return l.Title == "The site" })
			if at := measure[string](v, `() => location.pathname + location.search`); at != path {
				v.Errorf("it has opened %s", at)
			}
		})
		v.sub("it does not while the page is in use, but says so", func(v *visitor) {
			fail(v)
			v.click("label", 0)
			s.set(v, true)
			l := until(v, "the word", func(l looking) bool { return says("back")(l) && l.Next == "" })
			if l.Title == "The site" {
				v.Error("it has opened the site")
			}
			v.follow(".look [data-is=back] a", 0)
			if title := measure[looking](v, shown).Title; title != "The site" {
				v.Errorf("the link leads to %q", title)
			}
		})
		v.sub("it asks for nothing while nobody sees it, and goes on afterwards", func(v *visitor) {
			fail(v)
			measure[bool](v, hide, true)
			before := s.statusRequests(v)
			time.Sleep(2 * time.Second) // 40 of its seconds
			if n := s.statusRequests(v) - before; n != 0 {
				v.Errorf("it asked %d times", n)
			}
			measure[bool](v, hide, false)
			until(v, "the next look", says("down"))
		})
		v.sub("the visitor can stop it", func(v *visitor) {
			fail(v)
			v.click(".look button", 1)
			l := measure[looking](v, shown)
			if !says("stopped")(l) || l.Next != "" || l.Focus != "Check for me" {
				v.Errorf("it shows %+v", l)
			}
			before := s.statusRequests(v)
			time.Sleep(time.Second)
			if n := s.statusRequests(v) - before; n != 0 {
				v.Errorf("it asked %d times", n)
			}
		})
		v.sub("it stops after half an hour, and says so", func(v *visitor) {
			v.preload(`() => { const real = setInterval; globalThis.setInterval = (f, ms) => real(() => { for (let i = 0; i < 50 && document.querySelector(".next").checkVisibility(); i++) f() }, ms) }`)
			fail(v)
			until(v, "the end", says("stopped"))
		})
		v.sub("a page about a form only looks when asked", func(v *visitor) {
			relay := startRelay(v.T, s.program)
			s.set(v, false)
			relay.swap("/order", "POST /order HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			v.open(relay.url + "/order")
			if l := measure[looking](v, shown); l.Next != "" || measure[int](v, `() => document.querySelectorAll(".look button").length`) != 1 {
				v.Errorf("it shows %+v", l)
			}
		})
	})
}

// TestOldPage: a page that is an old copy, or a device that is offline, says so in the
// place of the verdict.
func TestOldPage(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startStage(v, "old-page", 0)
		relay := startRelay(v.T, s.program)
		v.look(desktop)
		v.sub("a fresh page keeps its verdict", func(v *visitor) {
			s.set(v, false)
			v.open(relay.url + "/fresh")
			v.click(".look button", 0)
			l := until(v, "the answer", says("down"))
			if !slices.Equal(l.Verdict, []string{""}) {
				v.Errorf("verdict %q", l.Verdict)
			}
		})
		v.sub("a saved copy says that it is one", func(v *visitor) {
			s.set(v, false)
			v.preload(`() => { performance.now = () => 0 }`)
			v.open(relay.url + "/saved")
			measure[bool](v, `() => { const t = document.querySelector("time[data-as]"); t.dateTime = new Date(Date.parse(t.dateTime) - 60000).toISOString(); return true }`)
			v.click(".look button", 0)
			l := until(v, "the answer", says("down"))
			if !slices.Equal(l.Verdict, []string{"saved"}) {
				v.Errorf("verdict %q", l.Verdict)
			}
			if !measure[bool](v, `() => document.querySelector(".more").open`) {
				v.Error("the help on saved copies is folded")
			}
		})
		v.sub("a device that goes offline, and comes back", func(v *visitor) {
			s.set(v, false)
			v.open(relay.url + "/offline")
			const online = `online => {
				Object.defineProperty(navigator, "onLine", { configurable: true, value: online });
				return dispatchEvent(new Event(online ? "online" : "offline"));
			}`
			measure[bool](v, online, false)
			if l := measure[looking](v, shown); !slices.Equal(l.Verdict, []string{"offline"}) {
				v.Errorf("verdict %q", l.Verdict)
			}
			measure[bool](v, online, true)
			if l := measure[looking](v, shown); !slices.Equal(l.Verdict, []string{""}) {
				v.Errorf("verdict %q", l.Verdict)
			}
		})
	})
}
