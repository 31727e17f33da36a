package browsertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A stage is a site behind a gateway, with two canaries. All of it can fail.
type stage struct {
	program  program
	up       atomic.Bool // the site answers
	canaries []*canary
}

// A canary is one server of an operator that answers, or hangs up.
type canary struct {
	url string
	up  atomic.Bool

	mu    sync.Mutex
	asked []http.Header
}

func startCanary(t *testing.T) *canary {
	c := &canary{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.asked = append(c.asked, r.Header.Clone())
		c.mu.Unlock()
		if !c.up.Load() {
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(server.Close)
	c.url = server.URL + "/alive"
	return c
}

// read returns the requests since the last read.
func (c *canary) read() []http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.asked
	c.asked = nil
	return asked
}

func startStage(v *visitor, name string, canaries int) *stage {
	v.Helper()
	s := &stage{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !s.up.Load() {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>The site</title>")
	}))
	v.Cleanup(site.Close)
	flags := []string{"-upstream", site.URL, "-site", "Example Shop"}
	var urls []string
	for range canaries {
		s.canaries = append(s.canaries, startCanary(v.T))
		urls = append(urls, s.canaries[len(urls)].url)
	}
	if canaries > 0 {
		flags = append(flags, "-canary", strings.Join(urls, ","))
	}
	var err error
	if s.program, err = startProgram(name+"-"+v.browser, flags...); err != nil {
		v.Fatal(err)
	}
	return s
}

// set brings the site up, which the gateway sees, or down; and each canary.
func (s *stage) set(v *visitor, site bool, canaries ...bool) {
	v.Helper()
	s.up.Store(site)
	for i, up := range canaries {
		s.canaries[i].up.Store(up)
		s.canaries[i].read()
	}
	if _, err := get(v.Context(), s.program.url+"/?set"); err != nil {
		v.Fatal(err)
	}
}

// found waits until the page has found out, and returns what can be seen of it: the name
// and the text of each sentence.
const found = `() => new Promise(done => {
	const look = () => {
		const seen = [...document.querySelectorAll("[data-is]")].filter(p => p.checkVisibility());
		if (seen.length > 0 && !seen.some(p => p.dataset.is === "wait")) done(seen.flatMap(p => [p.dataset.is, p.innerText.trim()]));
		else setTimeout(look, 20);
	};
	look();
})`

// said is a message in a language.
func said(v *visitor, language, id string) string {
	v.Helper()
	data, err := os.ReadFile("../../i18n/locales/" + language + ".json")
	if err != nil {
		v.Fatal(err)
	}
	var messages map[string]any
	if err := json.Unmarshal(data, &messages); err != nil {
		v.Fatal(err)
	}
	if entry, ok := messages[id].(map[string]any); ok {
		return entry["other"].(string)
	}
	return messages[id].(string)
}

// TestCheckForMe has each outcome found out, in two languages, and wants no request before
// the click, after it only those that are needed, and the right words.
func TestCheckForMe(t *testing.T) {
	const gone = "gone"
	inEach(t, func(v *visitor) {
		with, without := startStage(v, "canaries", 2), startStage(v, "no-canaries", 0)
		for _, tt := range []struct {
			name     string
			stage    *stage
			offline  bool
			site     bool
			status   string // another request in the place of that for the status; gone: nothing listens
			canaries []bool
			asked    bool // the canaries
			want     string
		}{
			{name: "the site answers again", stage: with, site: true, canaries: []bool{true, true}, want: "back"},
			{name: "the site does not answer yet", stage: with, canaries: []bool{true, true}, want: "down"},
			{name: "the gateway is gone, all canaries answer", stage: with, status: gone, canaries: []bool{true, true}, asked: true, want: "front"},
			{name: "the gateway is gone, one canary answers", stage: with, status: gone, canaries: []bool{false, true}, asked: true, want: "front"},
			{name: "the gateway is gone, no canary answers", stage: with, status: gone, canaries: []bool{false, false}, asked: true, want: "network"},
			{name: "something else answers", stage: with, status: "GET /_fiveohtwo/nothing", canaries: []bool{true, true}, want: "unclear"},
			{name: "the device is offline", stage: with, offline: true, canaries: []bool{true, true}, want: "offline"},
			{name: "the site answers again, no canaries", stage: without, site: true, want: "back"},
			{name: "the site does not answer yet, no canaries", stage: without, want: "down"},
			{name: "the gateway is gone, no canaries", stage: without, status: gone, want: "unclear"},
		} {
			for _, language := range []string{"en", "ar"} {
				v.sub(tt.name+", "+language, func(v *visitor) {
					relay := startRelay(v.T, tt.stage.program)
					tt.stage.set(v, false, tt.canaries...)
					v.look(desktop)
					page := request{relay.url + "/cart?fiveohtwo-lang=" + language, http.StatusBadGateway}
					v.open(page.URL)
					measure[bool](v, settle)
					v.checkLoaded(page)
					status := relay.url + measure[string](v, `() => document.querySelector(".look").dataset.status`)
					tt.stage.set(v, tt.site)
					switch {
					case tt.status == gone:
						relay.stop()
					case tt.status != "":
						relay.swap("/_fiveohtwo/status", tt.status+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
					case tt.offline:
						measure[bool](v, `() => Object.defineProperty(navigator, "onLine", { value: false }) === navigator`)
					}
					v.click(".look button", 0)
					got := measure[[]string](v, found)
					text := said(v, language, "look."+tt.want)
					if tt.want == "back" {
						text += " " + said(v, language, "action.retry")
					}
					if !slices.Equal(got, []string{tt.want, text}) {
						v.Errorf("it says %q, want %q", got, text)
					}
					asked := []string{page.URL}
					if !tt.offline {
						asked = append(asked, status)
					}
					v.checkAsked(tt.stage, asked, tt.asked)
				})
			}
		}
	})
}

// checkAsked wants the requests and, if asked, one for each canary, which tells it nothing
// of the visitor; and not a word of complaint but the browser's own.
func (v *visitor) checkAsked(s *stage, want []string, asked bool) {
	v.Helper()
	for _, c := range s.canaries {
		requests := c.read()
		if asked {
			want = append(want, c.url)
		}
		// Browsers may ask a second time where a connection breaks.
		if (len(requests) > 0) != asked || len(requests) > 1 && c.up.Load() {
			v.Errorf("a canary was asked %d times", len(requests))
		}
		for _, h := range requests {
			if h.Get("Referer") != "" || h.Get("Cookie") != "" || h.Get("Cache-Control") != "no-cache" {
				v.Errorf("a canary was asked with %v", h)
			}
		}
	}
	requests, messages := v.tab.record().read()
	var got []string
	for _, r := range requests {
		got = append(got, r.URL)
	}
	slices.Sort(got)
	slices.Sort(want)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		v.Errorf("requests %q, want %q", got, want)
	}
	for _, m := range messages {
		about := slices.ContainsFunc(want, func(url string) bool { return strings.HasSuffix(m, " "+url) })
		if v.browser != "chromium" || !strings.HasPrefix(m, "Failed to load resource: ") || !about {
			v.Errorf("console: %s", m)
		}
	}
	if violations := measure[[]string](v, `() => violations`); len(violations) > 0 {
		v.Errorf("violations of the page's policy: %q", violations)
	}
}

// TestCheckForMeByKeyboard reaches the button, presses it twice, and goes on with the link
// that tries again.
func TestCheckForMeByKeyboard(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startStage(v, "keyboard", 0)
		s.set(v, false)
		v.look(desktop)
		v.open(s.program.url + "/cart?fiveohtwo-lang=en")
		const focused = `selector => {
			const element = document.querySelector(selector), style = getComputedStyle(element);
			return document.activeElement === element && element.matches(":focus-visible") && style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
		}`
		for presses := 0; !measure[bool](v, focused, ".look button"); presses++ {
			if presses > 30 {
				v.Fatal("the button does not get the focus, or that cannot be seen")
			}
			v.press(tabKey)
		}
		v.press(enterKey)
		if got := measure[[]string](v, found); got[0] != "down" || !measure[bool](v, focused, ".look button") {
			v.Errorf("it says %q; is the focus still on the button?", got)
		}
		s.set(v, true)
		v.press(enterKey)
		// The text of before can be seen until the key arrives.
		measure[bool](v, `() => new Promise(done => {
			const look = () => document.querySelector('[data-is="back"]').checkVisibility() ? done(true) : setTimeout(look, 20);
			look();
		})`)
		if !measure[bool](v, focused, ".look a") {
			v.Error("the link that tries again has no focus")
		}
		wait := v.tab.record().nextLoad()
		v.press(enterKey)
		if err := v.try(wait); err != nil {
			v.Fatal(err)
		}
		if title := measure[string](v, `() => document.title`); title != "The site" {
			v.Errorf("the link leads to %q", title)
		}
	})
}

// TestCheckForMeKeepsFocus: who has gone elsewhere meanwhile is not torn away.
func TestCheckForMeKeepsFocus(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startStage(v, "focus", 0)
		s.set(v, false)
		v.look(desktop)
		v.open(s.program.url + "/cart?fiveohtwo-lang=en")
		s.set(v, true)
		got := measure[string](v, `async () => {
			const button = document.querySelector(".look button"), summary = document.querySelector("main summary");
			button.focus();
			button.click();
			summary.focus();
			await (`+found+`)();
			return document.activeElement.localName;
		}`)
		if got != "summary" {
			v.Errorf("the focus is on %s", got)
		}
	})
}

// TestCheckForMeNeedsScript wants nothing to be seen of what does not work without script,
// nor on pages that have no script, nor on paper.
func TestCheckForMeNeedsScript(t *testing.T) {
	const buttons = `() => [...document.querySelectorAll("button, .look, [data-is]")].filter(e => e.checkVisibility()).length`
	inEach(t, func(v *visitor) {
		s := startStage(v, "script", 0)
		s.set(v, false)
		noScript, paper := desktop, desktop
		noScript.NoScript, paper.Print = true, true
		for _, tt := range []struct {
			name, path string
			how        view
			shown      bool
		}{
			{"with script", "/cart", desktop, true},
			{"without script", "/cart", noScript, false},
			{"on paper", "/cart", paper, false},
			{"an explanation", "/_fiveohtwo/problem/connection_refused", desktop, false},
		} {
			v.sub(tt.name, func(v *visitor) {
				v.look(tt.how)
				v.open(s.program.url + tt.path)
				if n := measure[int](v, buttons); (n > 0) != tt.shown {
					v.Errorf("%d elements can be seen", n)
				}
			})
		}
	})
}
