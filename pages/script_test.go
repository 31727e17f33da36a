package pages

import (
	"bytes"
	"compress/gzip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestCSP: the policy allows the style blocks and the script of the page and what that asks
// for, and nothing else.
func TestCSP(t *testing.T) {
	refused := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
	change := func(v View, f func(*View)) View { f(&v); return v }
	framed := change(waiting(refused), func(v *View) { v.Frame = true })
	asked := waiting(refused, "https://a.example.net/x?y=1", "http://192.0.2.80:8080/", "https://a.example.net/z")
	for _, tt := range []struct {
		name    string
		view    View
		connect []string // nil: no script
		form    string   // where forms may be sent
		framing bool     // is allowed
	}{
		{"a page with nothing to ask", refused, []string{}, "'none'", false},
		{"a page that can ask the gateway", waiting(refused), []string{"'self'"}, "'self'", false},
		{"a page that can ask other places too", asked, []string{"'self'", "https://a.example.net", "http://192.0.2.80:8080"}, "'self'", false},
		{"a part of another page", framed, nil, "'none'", true},
		{"an explanation", explained(diagnosis.ConnectionRefused), nil, "'none'", false},
		{"a file for another server", statusOnly(502), nil, "'none'", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, b := range []Brand{{}, shop, {Accent: "#ff0"}, {Theme: ThemeCard}, {Theme: ThemeBulletin, Scheme: SchemeDark, Font: "Inter"}, dressed} {
				root := tree(t, html(t, b, tt.view))
				want := map[string][]string{
					"default-src": {"'none'"}, "base-uri": {"'none'"}, "form-action": {tt.form}, "img-src": {"data:"},
					"style-src": hashes(root, "style"),
				}
				if !tt.framing {
					want["frame-ancestors"] = []string{"'none'"}
				}
				if len(tt.connect) > 0 {
					want["connect-src"] = tt.connect
				}
				if tt.connect != nil {
					want["script-src"] = hashes(root, "script")
				}
				policy := directives(compile(t, b).CSP(tt.view))
				for name, sources := range want {
					if !slices.Equal(policy[name], sources) {
						t.Errorf("%s %v, want %v", name, policy[name], sources)
					}
				}
				if len(policy) != len(want) || len(want["style-src"]) != strings.Count(compile(t, b).styles, "<style>") || (len(root.all("script")) == 1) != (tt.connect != nil) {
					t.Errorf("policy = %v", policy)
				}
			}
		})
	}
}

// maxScript is the limit on the script by itself, compressed.
const maxScript = 1.5 * 1024

func TestScript(t *testing.T) {
	source, err := os.ReadFile("script.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval", "Function(", "import", "http:/", "https:/"} {
		if strings.Contains(string(source), forbidden) || strings.Contains(script, forbidden) {
			t.Errorf("it has %s", forbidden)
		}
	}
	if !strings.HasPrefix(script, `"use strict";`) || regexp.MustCompile(`</|<!--|[^ -~\n]`).MatchString(script) {
		t.Error("it is not strict, or not safe within its element")
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err = w.Write([]byte(script))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if t.Logf("%d bytes, %d compressed", len(script), b.Len()); err != nil || b.Len() > maxScript {
		t.Errorf("%d bytes compressed, want at most %.0f (%v)", b.Len(), maxScript, err)
	}
}

// TestLook: every sentence that the script can want is there, hidden, and no other.
func TestLook(t *testing.T) {
	refused := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
	form := failed(diagnosis.ConnectionRefused.Diagnosis(), "POST")
	all := judged(diagnosis.ConnectionRefused.Diagnosis(), "all", "GET")
	const down = "We looked: our front door works. The site does not answer yet."
	for _, tt := range []struct {
		name          string
		view          View
		looks         []string
		shown, hidden string
	}{
		{"no other places to ask", waiting(refused), []string{"wait", "offline", "back", "down", "unclear", "stopped"}, down, "internet provider"},
		{"other places to ask", waiting(refused, "https://a.example/"), []string{"wait", "offline", "back", "down", "unclear", "front", "network", "stopped"}, " or your internet provider.", "still there"},
		{"a link where trying again is safe", waiting(refused), []string{"wait", "offline", "back", "down", "unclear", "stopped"}, "The site seems to work again. Try again", "still there"},
		{"none where it would send a form", waiting(form), []string{"wait", "offline", "back", "down", "unclear"}, "The site seems to work again.", "Try again"},
		{"who has the problem at the front door does not praise it", waiting(all), []string{"wait", "offline", "back", "down", "unclear", "stopped"}, "We looked. The problem is still there.", down},
	} {
		t.Run(tt.name, func(t *testing.T) {
			look := tree(t, html(t, shop, tt.view)).classed("look")[0]
			var looks []string
			for _, p := range look.all("p") {
				if name, ok := p.attrs["data-is"]; ok {
					looks = append(looks, name)
					if _, hidden := p.attrs["hidden"]; !hidden {
						t.Errorf("%s is not hidden", name)
					}
				}
			}
			if !slices.Equal(looks, tt.looks) {
				t.Errorf("sentences %q, want %q", looks, tt.looks)
			}
			words := look.words()
			if !strings.Contains(words, tt.shown) || strings.Contains(words, tt.hidden) {
				t.Errorf("it says %q", words)
			}
			if look.attrs["data-status"] != tt.view.Status || look.attrs["data-canaries"] != tt.view.canaries.list() {
				t.Errorf("it asks %q and %q", look.attrs["data-status"], look.attrs["data-canaries"])
			}
			for _, name := range looks {
				if !strings.Contains(script, `"`+name+`"`) {
					t.Errorf("the script knows no %q", name)
				}
			}
		})
	}
}

// TestPageAndProgramsWaitAlike: one number for the script, the countdown and Retry-After.
func TestPageAndProgramsWaitAlike(t *testing.T) {
	if !strings.Contains(script, "=["+firstWait+",10,20,") {
		t.Errorf("the script does not wait for %s seconds first", firstWait)
	}
	page := html(t, shop, waiting(failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")))
	if countdown := "0:0" + firstWait; !strings.Contains(page, countdown) {
		t.Errorf("no countdown from %s", countdown)
	}
}
