package drillthrough

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestParseVia(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []Gateway // the nearest first
	}{
		{"none", nil, nil},
		{"two in one line", []string{"1.0 fred, 1.1 p.example.net"}, []Gateway{{Name: "p.example.net", Protocol: "1.1"}, {Name: "fred", Protocol: "1.0"}}},
		{"two lines", []string{"1.1 far", "HTTP/2 near:8080"}, []Gateway{{Name: "near:8080", Protocol: "HTTP/2"}, {Name: "far", Protocol: "1.1"}}},
		{"a comment with a comma", []string{"1.1 a (x, y), 1.1 b"}, []Gateway{{Name: "b", Protocol: "1.1"}, {Name: "a", Protocol: "1.1", Comment: "x, y"}}},
		{"comments within comments", []string{`1.1 a (x (\), y), z)`}, []Gateway{{Name: "a", Protocol: "1.1", Comment: `x (\), y), z`}}},
		{"a comment without end", []string{"1.1 a (x, 1.1 b"}, []Gateway{{Name: "a", Protocol: "1.1", Comment: "x, 1.1 b"}}},
		{"what is no gateway", []string{",, lonely ,1.1 a"}, []Gateway{{Name: "a", Protocol: "1.1"}}},
		{"control characters", []string{"1.1 a\u009bm"}, []Gateway{{Name: `a\u009bm`, Protocol: "1.1"}}},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, parseVia(c.lines), c.want) })
	}
}

func TestParseProxyStatus(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []Gateway
	}{
		{"none", nil, nil},
		{"no structured field", []string{"edge; error="}, nil},
		{"an error and a pass", []string{`far; error=dns_error; details="no \"x\""`, `"near"; received-status=502; next-hop=far; next-protocol=h2`},
			[]Gateway{{Name: "near", ReceivedStatus: 502, NextHop: "far", Protocol: "h2"}, {Name: "far", Error: "dns_error", Details: `no "x"`}}},
		{"what is no name", []string{"(a b), 7, ok"}, []Gateway{{Name: "ok"}}},
		{"a status that is none", []string{"a; received-status=7000"}, []Gateway{{Name: "a"}}},
	} {
		t.Run(c.name, func(t *testing.T) { same(t, parseProxyStatus(c.lines), c.want) })
	}
}

// TestRelayed: the gateway that is named is the nearest one with an error, as in the diagnosis.
func TestRelayed(t *testing.T) {
	for _, c := range []struct{ name, field, kind, hint string }{
		{"two errors", "far; error=dns_timeout, near; error=destination_unavailable", "destination_unavailable", "near, a gateway behind this link, reports destination_unavailable"},
		{"the nearer gateway has none", "far; error=dns_timeout, near; received-status=502", "dns_timeout", "far, a gateway behind this link, reports dns_timeout"},
		{"the nearer error is not registered", "far; error=dns_timeout, near; error=our_own", "dns_timeout", "far, a gateway behind this link"},
		{"no error", "near; received-status=502", "", "the upstream answered with this status itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := relayed(&http.Response{StatusCode: 502, Header: http.Header{"Proxy-Status": {c.field}}})
			if string(f.Type) != c.kind || !strings.HasPrefix(f.Hint, c.hint) {
				t.Errorf("%q: %s; want %q: %s", f.Type, f.Hint, c.kind, c.hint)
			}
		})
	}
}

func same(t *testing.T, got, want []Gateway) {
	t.Helper()
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("got %s, want %s", a, b)
	}
}

func TestManyGatewaysAreCutShort(t *testing.T) {
	if got := parseVia([]string{strings.Repeat("1.1 a,", 1000) + "1.1 near"}); len(got) != maxListed || got[0].Name != "near" {
		t.Errorf("%d gateways, the first is %v", len(got), got[0])
	}
}

func TestPrintable(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "Grüße, 世界", "Grüße, 世界"},
		{"escape sequences", "\x1b[31mred\u009b0m\x07", `\x1b[31mred\u009b0m\a`},
		{"line breaks", "a\r\nb", `a\r\nb`},
		{"text that runs the other way", "a\u202eb\u2066c", `a\u202eb\u2066c`},
		{"bytes that are no text", "a\xff\x80b", `a\xff\x80b`},
		{"too long", strings.Repeat("x", 200), strings.Repeat("x", 100) + "…"},
		{"nothing is cut in two", strings.Repeat("x", 99) + "ü", strings.Repeat("x", 99) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := printable(c.text, shortText); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzAnswer lets an upstream say what it likes of the way: all of it stays short, and
// fit for a terminal.
func FuzzAnswer(f *testing.F) {
	f.Add("1.0 fred, 1.1 p.example.net (Apache/1.1)", `edge; error=dns_error; details="x"`, "nginx", "/home", 502)
	f.Add("1.1 a (b (c\\", "a;received-status=99999999999999999999", "\x1b[2J", "//[::1", 302)
	f.Add(strings.Repeat("(", 1000), `"\x80"`, "\u202e", "\u009b", 999)
	f.Fuzz(func(t *testing.T, via, proxyStatus, server, location string, status int) {
		res := &http.Response{StatusCode: status, Proto: "HTTP/1.1", Header: http.Header{
			"Via": {via, via}, "Proxy-Status": {proxyStatus}, "Server": {server}, "Location": {location},
		}}
		link := Link{Name: LinkReceive, Result: Broken, Answer: newAnswer(res), Fault: relayed(res)}
		r := Report{Addresses: []Address{{Address: "192.0.2.1:80", Result: Broken, Hops: []Hop{{Links: []Link{link}}}}}}
		r.judge()
		var b strings.Builder
		if err := r.WriteTree(&b, false); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 40<<10 || !utf8.ValidString(b.String()) {
			t.Errorf("%d bytes", b.Len())
		}
		for _, c := range b.String() {
			if c != '\n' && !unicode.IsPrint(c) {
				t.Fatalf("%q gets through: %q", c, b.String())
			}
		}
		if via := link.Answer.Via; len(via) > maxListed || link.Fault.Hint == "" {
			t.Errorf("%d gateways, hint %q", len(via), link.Fault.Hint)
		}
	})
}
