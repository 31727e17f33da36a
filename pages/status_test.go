package pages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// statusesAlone are those that other servers have pages for.
var statusesAlone = []int{400, 413, 431, 500, 502, 503, 504}

func TestStatusOnlyTells(t *testing.T) {
	for _, tt := range []struct {
		status                  int
		headline, lead, verdict string
		gap                     gap
		box                     string
		advice                  string
	}{
		{400, "headline.bad_request", "lead.bad_request", "verdict.unknown", "", "", "do.tell"},
		{413, "headline.too_big", "lead.too_big", "verdict.visitor.sure", gapDoor, "", "do.smaller do.tell"},
		{431, "headline.too_big", "lead.too_big", "verdict.visitor.sure", gapDoor, "", "do.cookies do.tell"},
		{500, "headline.internal", "lead.internal", "verdict.site.likely", "", "maybe", "do.wait do.check do.tell"},
		{502, "headline.site", "lead.unknown", "verdict.site.likely", gapBetween, "maybe", "do.wait do.check do.tell"},
		{503, "headline.site", "lead.unavailable", "verdict.site.likely", "", "maybe", "do.wait do.check do.tell"},
		{504, "headline.slow", "lead.unknown", "verdict.site.likely", gapBetween, "maybe", "do.wait do.check do.tell"},
		{507, "headline.unknown", "lead.internal", "verdict.site.likely", "", "maybe", "do.wait do.check do.tell"},
	} {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			s := statusOnly(tt.status).cleaned().story(shop)
			if s.headline != tt.headline || s.lead != tt.lead || s.verdict != tt.verdict || s.gap != tt.gap || s.box != tt.box || strings.Join(s.advice, " ") != tt.advice {
				t.Errorf("story = %+v, want %+v", s, tt)
			}
			if s.retry != (tt.status >= 500) || s.check != s.retry {
				t.Errorf("retry %v, check %v", s.retry, s.check)
			}
		})
	}
}

// TestStatusOnlyClaimsNothing holds the pages in every language against what nobody checked.
func TestStatusOnlyClaimsNothing(t *testing.T) {
	takesLong(t)
	// What would be untrue of some failure that gets the status.
	unproven := []string{
		"verdict.site.sure", "verdict.third.sure", "verdict.third.likely", "verdict.front.sure", "verdict.network.sure",
		"verdict.network.likely", "verdict.cookies.likely", "verdict.blameless", "scope.others", "scope.some", "scope.you",
		"form.not_sent.title", "form.not_sent.text", "form.unknown.title", "form.refused.title", "state.not_reached",
		"state.problem", "state.refused", "state.silent", "state.hung_up", "progress.done", "progress.stopped", "progress.none",
		"section.happened", "lead.slow", "lead.empty", "lead.refused", "headline.busy", "do.wait_only", "details.reference",
		"details.time", "details.address", "contact.say",
	}
	for _, l := range catalogue().Languages() {
		for _, brand := range []Brand{shop, hoster, {}} {
			for _, status := range statusesAlone {
				name := fmt.Sprintf("%d in %s, voice %q", status, l.Tag, brand.Voice)
				v := statusOnly(status)
				v.Language = l
				page := html(t, brand, v)
				root := tree(t, page)
				words := root.words()
				elements := map[string]bool{} // by all their words
				root.walk(func(n *node) { elements[n.words()] = true })
				for _, id := range unproven {
					if l.Text(id) == l.Text("state.stopped") { // which may stand on the line
						continue
					}
					if text := l.Text(id, "Site", v.site(&brand)); elements[text] || strings.HasSuffix(text, ".") && strings.Contains(words, text) {
						t.Errorf("%s: the page says %s: %q", name, id, text)
					}
				}
				for _, tag := range []string{"time", "nav", "form", "script"} {
					if len(root.all(tag)) != 0 {
						t.Errorf("%s: the page has <%s>", name, tag)
					}
				}
				if strings.Contains(page, "data-status") || strings.Contains(page, "_fiveohtwo") || len(root.classed("here")) > 0 {
					t.Errorf("%s: the page needs our endpoints, or marks a step", name)
				}
				if wait, form := l.Text("do.wait"), l.Text("form.maybe.title"); strings.Contains(words, wait) != strings.Contains(words, form) {
					t.Errorf("%s: who may have paid is told to try again, without a word on the form", name)
				}
			}
		}
	}
}

func TestStatusOnlyForgetsTheRest(t *testing.T) {
	everything := failed(diagnosis.ConnectionRefused.Diagnosis(), "POST")
	everything.Trace, everything.Status, everything.Type = "4bf92f3577b34da6", "/_fiveohtwo/status?k=x", "/_fiveohtwo/problem/x"
	everything.StatusOnly = true
	everything.Host = ""
	if got, want := html(t, shop, everything), html(t, shop, statusOnly(http.StatusBadGateway)); got != want {
		t.Errorf("a diagnosis shows through:\n%s", firstDifference(got, want))
	}
	if body := string(compile(t, shop).Problem(everything)); !strings.Contains(body, `"party":"unknown"`) || strings.Contains(body, "refused") {
		t.Errorf("problem+json: %s", body)
	}
}

func TestStatusOnlyVoice(t *testing.T) {
	for _, status := range statusesAlone {
		s := statusOnly(status).cleaned().story(hoster)
		if status >= 500 && s.verdict != "verdict.unknown" {
			t.Errorf("%d: a third party does not know whose fault it is, and says %s", status, s.verdict)
		}
		if !slices.Contains(s.advice, "do.tell.third") {
			t.Errorf("%d: advice %v", status, s.advice)
		}
	}
}
