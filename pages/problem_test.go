package pages

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// problemOf reads the members of the answer for programs.
func problemOf(t testing.TB, b Brand, v View) map[string]any {
	t.Helper()
	body := compile(t, b).Problem(v)
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatalf("no JSON: %v: %s", err, body)
	}
	if !bytes.HasSuffix(body, []byte("}\n")) || bytes.Count(body, []byte("\n")) != 1 {
		t.Errorf("not one line: %q", body)
	}
	return members
}

// TestProblem: one view after the other, what its members are. absent means that the
// member is not there.
func TestProblem(t *testing.T) {
	const absent = "(absent)"
	refused := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "POST")
	change := func(f func(*View)) View { v := refused; f(&v); return v }
	for _, tt := range []struct {
		name string
		view View
		want map[string]any
	}{
		{"who, where, what became of it", refused, map[string]any{
			"status": 502., "error": "connection_refused", "phase": "connect", "party": "site", "outcome": "not_sent",
			"confidence": "sure", "scope": "unknown", "retryable": true, "reference": "7KQ2-M9XD",
		}},
		{"no page explains the type: its title is the phrase of the status", refused, map[string]any{"type": "about:blank", "title": "Bad Gateway"}},
		{"a page explains the type: the title is the headline", change(func(v *View) { v.Type = "/_fiveohtwo/problem/connection_refused" }),
			map[string]any{"type": "/_fiveohtwo/problem/connection_refused", "title": "Example Shop is not answering right now"}},
		{"the detail is what a person would read", change(func(v *View) { v.Method = "GET" }), map[string]any{
			"detail": "Your request reached our front door. But the computer behind it did not let us in. It may be starting up. The problem is on our side. We are sure. You did nothing wrong."}},
		{"the instance is a tag of the host, without its port", refused, map[string]any{"instance": "tag:shop.example.com,2026:7KQ2-M9XD"}},
		{"no instance without a host", change(func(v *View) { v.Host = "" }), map[string]any{"instance": absent}},
		{"no instance without a reference", change(func(v *View) { v.Reference = "" }), map[string]any{"instance": absent, "reference": absent}},
		{"when to come back, in whole seconds", change(func(v *View) { v.Diagnosis.RetryAfter = 30 * time.Second }), map[string]any{"retry_after": 30.}},
		{"never too early", change(func(v *View) { v.Diagnosis.RetryAfter = 1500 * time.Millisecond }), map[string]any{"retry_after": 2.}},
		{"when nobody knows, as soon as the page itself looks", refused, map[string]any{"retry_after": 6.}},
		{"never for what may have been carried out", change(func(v *View) { v.Diagnosis.Outcome, v.Diagnosis.RetryAfter = diagnosis.OutcomeUnknown, time.Minute }),
			map[string]any{"retryable": false, "retry_after": absent}},
		{"not where a kind of failure is explained", change(func(v *View) { v.Explained = true }), map[string]any{"retryable": true, "retry_after": absent}},
		{"not when coming back cannot help", change(func(v *View) { v.Diagnosis.Retryable, v.Diagnosis.RetryAfter = false, time.Minute }),
			map[string]any{"retryable": false, "retry_after": absent}},
		{"since when, in UTC", change(func(v *View) { v.Verdict.Since = friday }), map[string]any{"since": "2026-03-13T08:41:07Z"}},
		{"not since nobody knows when", refused, map[string]any{"since": absent}},
		{"who else is affected, when somebody looked", change(func(v *View) { v.Verdict.Scope = "everyone" }), map[string]any{"scope": "everyone"}},
		{"a network that is most likely at fault", upload(os.ErrDeadlineExceeded), map[string]any{
			"status": 408., "error": "http_request_error", "party": "network", "confidence": "most_likely", "retryable": false}},
		{"a visitor's own fault", upload(&http.MaxBytesError{}), map[string]any{"status": 413., "party": "visitor", "confidence": "sure"}},
		{"nobody knows whose fault", failed(diagnosis.Diagnosis{Type: diagnosis.HTTPProtocolError, Status: 502, Party: diagnosis.Unknown, Outcome: diagnosis.OutcomeUnknown}, "GET"),
			map[string]any{"party": "unknown", "confidence": "cannot_tell", "phase": absent, "outcome": "unknown"}},
		{"a fault that is not in the cycle has no phase", failed(diagnosis.ProxyInternalError.Diagnosis(), "GET"), map[string]any{"phase": absent, "status": 500.}},
		{"a relayed status has no error type", relayed(503), map[string]any{"error": absent, "status": 503., "outcome": "answered", "title": "Service Unavailable"}},
		{"a verdict that nobody gave", change(func(v *View) { v.Verdict = diagnosis.Verdict{} }),
			map[string]any{"party": "unknown", "confidence": "cannot_tell", "scope": "unknown"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := problemOf(t, shop, tt.view)
			for _, name := range slices.Sorted(maps.Keys(tt.want)) {
				value, there := got[name]
				if !there {
					value = absent
				}
				if !reflect.DeepEqual(value, tt.want[name]) {
					t.Errorf("%s = %v, want %v", name, value, tt.want[name])
				}
			}
		})
	}
}

// TestProblemMembers: whatever failed, programs find the same members with the same words.
func TestProblemMembers(t *testing.T) {
	word := func(words ...string) string { return "^(" + strings.Join(words, "|") + ")$" }
	types := make([]string, 0, 32)
	for _, kind := range diagnosis.Types() {
		types = append(types, string(kind))
	}
	members := map[string]struct {
		always bool
		is     string // a pattern; or number, boolean
	}{
		"type":        {true, `^about:blank$`},
		"title":       {true, `.`},
		"status":      {true, "number"},
		"detail":      {true, `\.$`},
		"instance":    {false, `^tag:[a-z0-9.-]+,2026:[0-9A-Z]{4}-[0-9A-Z]{4}$`},
		"error":       {false, word(types...)},
		"phase":       {false, word("lookup", "connect", "send", "receive")},
		"party":       {true, word("visitor", "network", "site", "unknown")},
		"outcome":     {false, word("not_sent", "unknown", "answered")},
		"confidence":  {true, word("sure", "most_likely", "cannot_tell")},
		"scope":       {true, `^(unknown|you|some|others|all_upstreams)$`},
		"since":       {false, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`},
		"retryable":   {true, "boolean"},
		"retry_after": {false, "number"},
		"reference":   {false, `^[0-9A-Z]{4}-[0-9A-Z]{4}$`},
	}
	for _, v := range usualViews() {
		got := problemOf(t, shop, v)
		for name, value := range got {
			member, known := members[name]
			if !known {
				t.Errorf("%s: ARCHITECTURE.md has no member %s", label(v), name)
				continue
			}
			ok := false
			switch value := value.(type) {
			case string:
				ok = regexp.MustCompile(member.is).MatchString(value)
			case float64:
				ok = member.is == "number"
			case bool:
				ok = member.is == "boolean"
			}
			if !ok {
				t.Errorf("%s: %s = %v, want %s", label(v), name, value, member.is)
			}
		}
		for name, member := range members {
			if _, there := got[name]; member.always && !there {
				t.Errorf("%s: no %s", label(v), name)
			}
		}
	}
}

// TestProblemInstance: a tag URI (RFC 4151) for a DNS name; a host that cannot stand in
// one gives no instance.
func TestProblemInstance(t *testing.T) {
	tag := regexp.MustCompile(`^tag:[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?,2026:7KQ2-M9XD$`)
	for _, tt := range []struct{ name, host, want string }{
		{"a name", "shop.example.com", "tag:shop.example.com,2026:7KQ2-M9XD"},
		{"a name with a port", "shop.example.com:8443", "tag:shop.example.com,2026:7KQ2-M9XD"},
		{"an IPv4 address", "192.0.2.1:80", "tag:192.0.2.1,2026:7KQ2-M9XD"},
		{"an IPv6 address", "[2001:db8::1]:80", ""},
		{"a name with a comma", "a,b", ""},
		{"a name with a bracket", "a<b>", ""},
		{"a name of another script", "bücher.example", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
			v.Host = tt.host
			got, _ := problemOf(t, shop, v)["instance"].(string)
			if got != "" {
				if _, err := url.Parse(got); err != nil || !tag.MatchString(got) {
					t.Errorf("instance = %s is no tag URI", got)
				}
			}
			if tt.want != "" && got != tt.want {
				t.Errorf("instance = %s, want %s", got, tt.want)
			}
		})
	}
}

// TestProblemWithoutPhrase: a program may make a status that nobody registered.
func TestProblemWithoutPhrase(t *testing.T) {
	v := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
	v.Diagnosis.Status = 520
	if got := problemOf(t, shop, v)["title"]; got == "" {
		t.Error("the title is empty")
	}
}

// TestText: what a terminal shows has the facts, and no markup.
func TestText(t *testing.T) {
	for _, l := range catalogue().Languages() {
		for _, s := range samples() {
			text := string(compile(t, s.brand).Text(s.in(l)))
			if strings.ContainsAny(text, "<>{}\r") || strings.Contains(text, "&#") {
				t.Errorf("%s in %s has markup:\n%s", s.name, l.Tag, text)
			}
			if !strings.HasSuffix(text, "\n") || strings.Contains(text, "\n\n\n") || strings.HasSuffix(text, "\n\n") {
				t.Errorf("%s in %s: blank lines:\n%q", s.name, l.Tag, text)
			}
			for _, want := range []string{s.view.Reference, s.brand.Contact.Email, string(s.view.Diagnosis.Type), http.StatusText(s.view.Diagnosis.Status)} {
				if !strings.Contains(text, want) {
					t.Errorf("%s in %s: no %q in\n%s", s.name, l.Tag, want, text)
				}
			}
		}
	}
}
