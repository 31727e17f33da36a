package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSoak(t *testing.T) {
	o := optionsOf(t, "-soak", "3s", "-connections", "10", "-rate", "100", "-languages", "en")
	o.gateway = "" // built anew, with its insight
	var table strings.Builder
	r, err := soak(t.Context(), o, &table)
	if err != nil {
		t.Fatal(err)
	}
	r.print(&table)
	t.Log("\n" + table.String())
	for _, fault := range r.faults() {
		t.Error(fault)
	}
	if r.answers == 0 || r.outcomes[outcome{502, "connection_refused"}] == 0 || r.outcomes[outcome{status: 200}] == 0 {
		t.Errorf("%d answers: %v", r.answers, r.outcomes)
	}
	for _, g := range r.gateways {
		for _, s := range g.states {
			if s.goroutines == 0 || s.heap == 0 || s.resident == 0 || s.files == 0 {
				t.Errorf("%s: %+v", g.name, s)
			}
		}
		select {
		case <-g.process.exited:
		default:
			t.Errorf("the gateway of the %s upstream still runs", g.name)
		}
	}
}

func TestSoakEndsWhenItIsToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := optionsOf(t, "-soak", "1h", "-connections", "2")
	_, err := soak(ctx, o, writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })) // with the head of the table
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestSoakSees: each wrong answer has its words.
func TestSoakSees(t *testing.T) {
	fine := soakCase{name: "c", form: "html", language: "de", status: 200, text: "body"}
	stream := soakCase{name: "c", form: "html", language: "de", status: 200, size: 5000, sum: checksum(5000)}
	cut := soakCase{name: "c", form: "html", language: "de", status: 200, size: 3000, broken: true}
	failure := soakCase{name: "c", form: "html", language: "de", status: 502, error: "connection_refused", page: true}
	asJSON, asText := failure, failure
	asJSON.form, asText.form = "json", "text"
	of := func(status int, fields, body string) string {
		return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), fields, body)
	}
	common := "Content-Language: de\r\nX-Request-Id: 7KQ2-M9XD\r\nProxy-Status: storm; error=connection_refused\r\nContent-Type: "
	html, text := common+"text/html; charset=utf-8\r\n", common+"text/plain; charset=utf-8\r\n"
	const good = "<!doctype html>7KQ2-M9XD</html>"
	patternOf := func(n int64) string { b, _ := io.ReadAll(patterned(n)); return string(b) }
	for _, c := range []struct {
		name   string
		of     soakCase
		answer string
		want   string
	}{
		{"the right body", fine, of(200, "", "body"), ""},
		{"another status", fine, of(201, "", "body"), "c: status 201"},
		{"another body", fine, of(200, "", "boby"), "c: another body, of 4 bytes"},
		{"half a body", fine, of(200, "", "body")[:39], "c: broke off: unexpected EOF"},
		{"the whole stream", stream, of(200, "", patternOf(5000)), ""},
		{"a part of the stream", stream, of(200, "", patternOf(4999)), "c: another body, of 4999 bytes"},
		{"the stream with a wrong byte", stream, of(200, "", patternOf(4999)+"!"), "c: another body, of 5000 bytes"},
		{"a break that can be seen", cut, of(200, "", patternOf(5000))[:3000], ""},
		{"a break that cannot be seen", cut, of(200, "", patternOf(2000)), "c: the visitor cannot see that it is not all"},
		{"a page", failure, of(502, html, good), ""},
		{"another error", failure, of(502, strings.Replace(html, "refused", "reset", 1), good), "c: error connection_reset"},
		{"text for a page", failure, of(502, text, good), "c: form text/plain; charset=utf-8 for html"},
		{"another language", failure, of(502, strings.Replace(html, "de", "fr", 1), good), "c: another language than was asked for"},
		{"another reference than in the head", failure, of(502, html, strings.Replace(good, "7KQ2", "AAAA", 1)), "c: the reference is missing in the html"},
		{"half a page", failure, of(502, html, good[:28]), "c: the html is not complete"},
		{"problem+json", asJSON, of(502, common+"application/problem+json\r\n", `{"reference":"7KQ2-M9XD"}`), ""},
		{"half of JSON", asJSON, of(502, common+"application/json\r\n", `{"reference":"7KQ2-M9XD"`), "c: the json is not complete"},
		{"text", asText, of(502, text, "Reference: 7KQ2-M9XD\n"), ""},
		{"half a line", asText, of(502, text, "Reference: 7KQ2-M9XD"), "c: the text is not complete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(c.answer)), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if got := c.of.wrong(readAnswer(res, 0)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestSoakGrowth(t *testing.T) {
	idle := state{sample{resident: 20e6, files: 10}, insight{5, 2e6}}
	for _, c := range []struct {
		name   string
		change func(*soaked)
		want   []string
	}{
		{"nothing grows", func(*soaked) {}, nil},
		{"files stay open", func(g *soaked) { g.after.files = 30 }, []string{"20 files left open"}},
		{"goroutines stay", func(g *soaked) { g.after.goroutines = 30 }, []string{"25 goroutines left"}},
		{"memory stays in use", func(g *soaked) { g.after.heap = 102e6 }, []string{"100.0 MB of memory left in use"}},
		{"more goroutines all the time", func(g *soaked) {
			for i := range g.states {
				g.states[i].goroutines = 100 * (i + 1)
			}
		}, []string{"goroutines grew from 600 to 900"}},
		{"a swing", func(g *soaked) { g.states[8].goroutines, g.states[9].goroutines = 60, 60 }, nil},
		{"more at the beginning", func(g *soaked) { g.states[1].resident = 200e6 }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &soaked{before: idle, after: idle}
			for i := range 10 {
				s := idle
				s.at = time.Duration(i) * soakInterval
				g.states = append(g.states, s)
			}
			c.change(g)
			if got := g.growth(10 * soakInterval); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
