package pages

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// blame are the messages that say or hint that the visitor's side is at fault.
var blame = regexp.MustCompile(`^(headline|lead|state)\.(too_big|cut_short|bad_request|denied|cookies)$|^verdict\.(visitor|cookies)\.|^verdict\.network\.likely$|^do\.(smaller|connection|cookies)$`)

// TestStory holds every failure there is against the rules of honest telling.
func TestStory(t *testing.T) {
	for _, rule := range []struct {
		name  string
		fault func(v View, s story) string // empty: the rule is kept
	}{
		{"every message exists in English", func(v View, s story) string {
			for _, id := range s.ids() {
				if v.Language.Message(id) == nil && !(v.Explained && id == "") {
					return "no message " + id
				}
			}
			return ""
		}},
		{"one step has stopped where the cycle has a place, none otherwise", func(v View, s story) string {
			place := v.Diagnosis.Phase != "" && !theirs(v) && s.gap != gapNone && !v.Diagnosis.Planned
			stopped := 0
			for _, step := range s.steps {
				if step.stopped != (step.progress == "progress.stopped") {
					return fmt.Sprintf("%s: stopped %v and %s", step.title, step.stopped, step.progress)
				}
				if step.stopped {
					stopped++
				}
			}
			if place && stopped != 1 || !place && stopped != 0 {
				return fmt.Sprintf("%d steps have stopped", stopped)
			}
			return ""
		}},
		{"the step that has stopped is the one of the phase", func(v View, s story) string {
			for _, step := range s.steps {
				if step.stopped && step.title != "step."+string(v.Diagnosis.Phase) {
					return step.title + " has stopped"
				}
			}
			return ""
		}},
		{"nothing is done after the step that stopped", func(v View, s story) string {
			stopped := false
			for _, step := range s.steps {
				if stopped && step.progress == "progress.done" {
					return step.title + " is done"
				}
				stopped = stopped || step.stopped
			}
			return ""
		}},
		{"a step is only said not to have started when the request was not sent", func(v View, s story) string {
			for _, step := range s.steps {
				if step.progress == "progress.none" && v.Diagnosis.Outcome != diagnosis.NotSent {
					return step.title + " has not started"
				}
			}
			return ""
		}},
		{"a form is only said not to be sent with proof", func(v View, s story) string {
			if s.box == "not_sent" && v.Diagnosis.Outcome != diagnosis.NotSent {
				return "the box says not sent"
			}
			return ""
		}},
		{"a form is not said to be unsent beside a cycle that sent it", func(v View, s story) string {
			for _, step := range s.steps {
				if s.box == "not_sent" && step.title == "step.send" && step.progress == "progress.done" {
					return "the box says not sent, step.send is done"
				}
			}
			return ""
		}},
		{"a request that changes something always gets a word on what became of it", func(v View, s story) string {
			if (s.box == "") != diagnosis.Safe(v.Method) {
				return "box " + s.box
			}
			return ""
		}},
		{"who cannot know is told to wait, not to send again", func(v View, s story) string {
			if s.box == "unknown" && slices.Contains(s.advice, "do.wait") {
				return "do.wait"
			}
			return ""
		}},
		{"only what changes nothing can be tried again by a link", func(v View, s story) string {
			if s.retry && v.Method != "GET" {
				return "retry"
			}
			return ""
		}},
		{"a page that explains has nothing to try again", func(v View, s story) string {
			if v.Explained && s.retry {
				return "retry"
			}
			return ""
		}},
		{"the visitor's side is only blamed when it is the party", func(v View, s story) string {
			for _, id := range s.ids() {
				if !theirs(v) && blame.MatchString(id) {
					return id
				}
			}
			return ""
		}},
		{"you did nothing wrong: only when the site is surely at fault, and something is wrong", func(v View, s story) string {
			sure := v.Verdict.Party == diagnosis.Site && v.Verdict.Confidence == diagnosis.Sure && !v.planned()
			if s.blameless != sure {
				return fmt.Sprintf("blameless %v", s.blameless)
			}
			return ""
		}},
		{"other sites are not asked about when the request itself was at fault, the gateway knows, or all is planned", func(v View, s story) string {
			knows := v.Verdict.Side == diagnosis.SideVisitor && v.Verdict.Confidence != diagnosis.CannotTell
			if s.check == (theirs(v) || knows || v.Diagnosis.Planned) {
				return fmt.Sprintf("check %v", s.check)
			}
			return ""
		}},
		{"a station where it stopped does not work", func(v View, s story) string {
			for i, state := range s.stations {
				if s.gap != "" && i == stoppedAt(s.gap) && (state == "state.working" || state == "state.through") {
					return fmt.Sprintf("station %d: %s", i+1, state)
				}
			}
			return ""
		}},
		{"the site beyond a gap at the front door, or before it, was not reached, as far as that is known", func(v View, s story) string {
			want := "state.not_reached"
			if (s.gap == gapNetwork || s.gap == gapDoor && (v.isOurs() || v.isRefusal() && !v.isOwnRefusal())) && v.Diagnosis.Outcome != diagnosis.NotSent {
				want = "state.unknown"
			}
			if (s.gap == gapDoor || s.gap == gapNetwork) && s.stations[3] != want && !v.Explained {
				return s.stations[3]
			}
			return ""
		}},
		{"too much was sent by the visitor, not by the site", func(_ View, s story) string {
			if s.stations[3] == "state.too_big" || s.stations[0] == "state.too_big" && !s.isMarked(0) {
				return strings.Join(s.stations[:], " ")
			}
			return ""
		}},
		{"a page that explains claims nothing of a request, of a fault, or of now", func(v View, s story) string {
			if !v.Explained {
				return ""
			}
			for i, state := range s.stations {
				if state != "" && !s.isMarked(i) {
					return state
				}
			}
			return s.headline + s.verdict + s.scope + s.box
		}},
	} {
		t.Run(rule.name, func(t *testing.T) {
			kinds := map[diagnosis.Type]int{}
			for _, v := range everyView() {
				for _, brand := range []Brand{shop, hoster, {}} {
					fault := rule.fault(v, v.story(brand))
					if fault == "" {
						continue
					}
					kind := v.Diagnosis.Type
					if kinds[kind]++; kinds[kind] == 1 {
						t.Errorf("%s: %s", label(v), fault)
					}
				}
			}
		})
	}
}

// theirs reports faults of the visitor or of the visitor's network.
func theirs(v View) bool {
	return v.Diagnosis.Party == diagnosis.Visitor || v.Diagnosis.Party == diagnosis.Network || v.Verdict.Cookies
}

// stoppedAt is the station that the line marks.
func stoppedAt(g gap) int {
	return map[gap]int{gapNetwork: 1, gapDoor: 2, gapBetween: 3, gapSite: 3, gapNone: 3}[g]
}

// ids returns all messages that the story chose.
func (s story) ids() []string {
	ids := []string{s.headline, s.lead, s.verdict}
	if s.scope != "" {
		ids = append(ids, s.scope)
	}
	if s.gap != "" {
		ids = append(ids, s.stations[:]...)
	}
	ids = append(ids, s.advice...)
	for _, step := range s.steps {
		ids = append(ids, step.title, step.progress)
	}
	switch s.box {
	case "":
	case "maybe":
		ids = append(ids, "form.maybe.title", "form.unknown.text")
	default:
		ids = append(ids, "form."+s.box+".title", "form."+s.box+".text")
	}
	return ids
}

// TestZeroValues: what nobody said is not known, and never "not sent" or "on our side".
func TestZeroValues(t *testing.T) {
	t.Run("a party that nobody named is unknown", func(t *testing.T) {
		d := diagnosis.HTTPProtocolError.Diagnosis()
		d.Party, d.Phase = "", ""
		v := failed(d, "GET")
		if got := v.story(shop); got.headline != "headline.unknown" || got.verdict != "verdict.unknown" || got.blameless {
			t.Errorf("story = %s, %s", got.headline, got.verdict)
		}
	})
	t.Run("an outcome that nobody named is unknown", func(t *testing.T) {
		d := diagnosis.ConnectionRefused.Diagnosis()
		d.Outcome = ""
		got := failed(d, "POST").story(shop)
		if got.box != "unknown" {
			t.Errorf("box = %q, want unknown", got.box)
		}
		if last := got.steps[3].progress; last != "progress.unknown" {
			t.Errorf("last step: %s, want progress.unknown", last)
		}
	})
	t.Run("a method that nobody named is GET", func(t *testing.T) {
		v := failed(diagnosis.ConnectionRefused.Diagnosis(), "")
		if got := v.story(shop); got.box != "" || !got.retry {
			t.Errorf("box %q, retry %v", got.box, got.retry)
		}
	})
	t.Run("a verdict that nobody gave is unknown", func(t *testing.T) {
		v := failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")
		v.Verdict = diagnosis.Verdict{}
		if got := v.story(shop); got.verdict != "verdict.unknown" || got.blameless {
			t.Errorf("story = %s, blameless %v", got.verdict, got.blameless)
		}
	})
}

// TestGap: the places where the line can break, each with a failure that breaks it there.
func TestGap(t *testing.T) {
	for _, tt := range []struct {
		name string
		view View
		want gap
	}{
		{"the request did not arrive as a whole: the visitor's line", upload(os.ErrDeadlineExceeded), gapNetwork},
		{"the request is not let in: front door", failed(diagnosis.HTTPRequestDenied.Diagnosis(), "GET"), gapDoor},
		{"the gateway is set up wrongly: front door", failed(diagnosis.ProxyConfigurationError.Diagnosis(), "GET"), gapDoor},
		{"the gateway may not go there: front door", failed(diagnosis.DestinationIPProhibited.Diagnosis(), "GET"), gapDoor},
		{"no address: between front door and site", failed(diagnosis.DNSError.Diagnosis(), "GET"), gapBetween},
		{"no connection: between front door and site", failed(diagnosis.ConnectionRefused.Diagnosis(), "GET"), gapBetween},
		{"the line dropped while sending: between", failed(diagnosis.ConnectionWriteTimeout.Diagnosis(), "GET"), gapBetween},
		{"nobody knows: between", failed(diagnosis.Diagnosis{Status: 502, Party: diagnosis.Unknown}, "GET"), gapBetween},
		{"no answer: inside the site", failed(diagnosis.HTTPResponseTimeout.Diagnosis(), "GET"), gapSite},
		{"the site itself says 502: inside the site", relayed(502), gapSite},
		{"the program broke: the line holds", failed(diagnosis.ProxyInternalError.Diagnosis(), "GET"), gapNone},
		{"the site itself says 500: the line holds", relayed(500), gapNone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.view.gap(); got != tt.want {
				t.Errorf("gap = %s, want %s", got, tt.want)
			}
		})
	}
}

// TestMessages: templates name messages by id, which no compiler checks.
func TestMessages(t *testing.T) {
	texts := english(t)
	used := map[string]bool{"language.name": true} // by i18n itself
	literal := regexp.MustCompile(`"((?:[a-z]+)\.[a-z_.]+[a-z])"`)
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal("no templates:", err)
	}
	for _, file := range append(files, "page.go", "render.go", "words.go", "contact.go", "text.go", "problem.go", "view.go", "story.go", "headline.go", "advice.go", "verdict.go", "status.go", "savedcopies.go", "script.go") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(data), -1) {
			used[m[1]] = true
		}
	}
	views := everyView()
	for _, status := range statusesAlone {
		views = append(views, statusOnly(status))
	}
	for _, v := range views {
		for _, brand := range []Brand{shop, hoster} {
			for _, id := range v.story(brand).ids() {
				used[id] = true
			}
		}
	}
	p := page{brand: hoster}
	for _, id := range []string{"section.contact", "form.unknown.ask", "contact.say"} {
		used[p.voiced(id)] = true
	}
	p.Verdict.Side = diagnosis.SideVisitor
	for _, id := range []string{"station.network", "station.gateway"} {
		used[p.sided(id)] = true
	}
	p.canaries, p.story.retry = &canaries{urls: "https://a.example/"}, true
	for _, at := range []gap{gapDoor, gapBetween} {
		p.story.gap = at
		for _, name := range p.looks() {
			used[p.found(name)] = true
		}
	}

	group := map[string]bool{} // a literal such as "example.com" is no id
	for id := range texts {
		head, _, _ := strings.Cut(id, ".")
		group[head] = true
	}
	for _, id := range slices.Sorted(maps.Keys(used)) {
		// "verdict.site" is the beginning of an id that is put together.
		begun := slices.ContainsFunc(slices.Collect(maps.Keys(texts)), func(full string) bool { return strings.HasPrefix(full, id+".") })
		if head, _, _ := strings.Cut(id, "."); group[head] && texts[id] == "" && !begun {
			t.Errorf("%s is used, but not in English", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		if !used[id] {
			t.Errorf("%s is in English, but no page uses it", id)
		}
	}
}
