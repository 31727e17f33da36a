package browsertest

import (
	"slices"
	"strings"
	"testing"
)

// TestKeyboard: everything that a mouse can do, the keyboard can, with script and without.
func TestKeyboard(t *testing.T) {
	const usable = `a[href], button, summary, input:not([type=hidden])`
	inEach(t, func(v *visitor) {
		for _, how := range []view{desktop, {Width: 1280, Height: 800, NoScript: true}, {Width: 320, Height: 640}} {
			for _, name := range []string{"connection_refused", "http_response_timeout_post"} {
				v.sub(name+map[bool]string{true: " without script", false: ""}[how.NoScript], func(v *visitor) {
					v.look(how)
					v.open(v.program.url + "/failure/" + name + "?fiveohtwo-lang=en")
					measure[bool](v, `() => { for (const d of document.querySelectorAll("details")) d.open = true; return true }`)
					want := measure[[]string](v, `usable => {
						const name = e => e.localName + " " + (e.type === "radio" ? e.name : e.innerText.trim());
						globalThis.nameOf = name;
						return [...new Set([...document.querySelectorAll(usable)].filter(e => e.checkVisibility()).map(name))];
					}`, usable)
					got := map[string]bool{}
					for range 3 * len(want) {
						v.press(tabKey)
						at := measure[[]string](v, `usable => {
							const e = document.activeElement, style = getComputedStyle(e);
							const name = e.localName + " " + (e.type === "radio" ? e.name : e.innerText.trim());
							return [name, e.matches(usable) && style.outlineStyle === "none" ? "no outline" : ""];
						}`, usable)
						got[at[0]] = true
						if at[1] != "" {
							v.Errorf("%s has the focus: %s", at[0], at[1])
						}
					}
					for _, name := range want {
						if !got[name] {
							v.Errorf("the keyboard does not reach %q", name)
						}
					}
					if len(want) < 10 {
						v.Errorf("only %d things can be used: %q", len(want), want)
					}
				})
			}
		}
	})
}

// TestAnswersWithoutHas: a browser that does not know :has() shows the text of all answers.
func TestAnswersWithoutHas(t *testing.T) {
	inEach(t, func(v *visitor) {
		v.look(desktop)
		v.open(v.program.url + "/failure/connection_refused?fiveohtwo-lang=en")
		seen := measure[[]bool](v, `() => {
			for (const sheet of document.styleSheets) {
				for (let i = sheet.cssRules.length - 1; i >= 0; i--) {
					if (sheet.cssRules[i].cssText.includes(":has(")) sheet.deleteRule(i);
				}
			}
			return [...document.querySelectorAll(".answer")].map(e => e.checkVisibility());
		}`)
		if len(seen) != 3 || slices.Contains(seen, false) {
			v.Errorf("answers seen: %v, want all three", seen)
		}
	})
}

// TestFrame: a part of another page that fails shows a short page there.
func TestFrame(t *testing.T) {
	inEach(t, func(v *visitor) {
		s := startShop(v, "frame")
		s.up.Store(true)
		v.look(desktop)
		v.open(s.program.url + "/shop")
		s.up.Store(false)
		text := measure[string](v, `() => new Promise(done => {
			const frame = document.createElement("iframe");
			frame.onload = () => done(frame.contentDocument.body.innerText);
			frame.src = "/part";
			document.body.append(frame);
		})`)
		if !strings.Contains(text, "Example Shop is not answering right now") || !strings.Contains(text, "The problem is on our side") || strings.Contains(text, "What happened") {
			v.Errorf("the frame shows %q", text)
		}
	})
}
