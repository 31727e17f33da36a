package main

import (
	"strings"
	"testing"
	"time"
)

func TestComparedVisitorSeesWhatIsWrong(t *testing.T) {
	good := "<!doctype html>7KQ2-M9XD" + strings.Repeat(".", 1000) + "</html>"
	for _, c := range []struct {
		name   string
		own    bool
		status int
		body   string
		want   string
	}{
		{"the same bytes", false, 502, good, ""},
		{"a page of our own", true, 502, strings.Replace(good, "7KQ2", "AAAA", 1), ""},
		{"another status", false, 503, good, "status 503"},
		{"an answer of the upstream", false, 200, fineBody, ""},
		{"a part of the upstream's answer", false, 200, fineBody[1:], "another answer than the upstream's"},
		{"another length", false, 502, good + " ", "another length"},
		{"other bytes", false, 502, strings.Replace(good, "7KQ2", "AAAA", 1), "another body"},
		{"half of our page", true, 502, good[:len(good)/2], "another length"},
		{"our page without its end", true, 502, good[:len(good)-3], "the end of the page is missing"},
		{"our page without its beginning", true, 502, good[3:], "the beginning of the page is missing"},
		{"our page without a reference", true, 502, strings.Replace(good, "-", "+", 1), "no reference"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &comparedVisitor{page: &page{status: 502, body: []byte(good)}, own: c.own, passes: []byte(fineBody)}
			if got := v.wrong(&answer{status: c.status, body: []byte(c.body)}, true); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestWhatComesAfterTheTurnIsNotCounted, neither an answer nor an error.
func TestWhatComesAfterTheTurnIsNotCounted(t *testing.T) {
	for _, c := range []struct {
		name, answer    string
		until           time.Duration // from now
		answers, closed int
		err             string
	}{
		{"an answer in time", whole, time.Minute, 1, 0, ""},
		{"the last answer of a connection", strings.Replace(whole, asJSON, "Connection: close\r\n", 1), time.Minute, 1, 1, ""},
		{"an error in time", "", time.Minute, 0, 0, "head: unexpected EOF"},
		{"an answer too late", whole, 0, 0, 0, ""},
		{"an error too late", "", 0, 0, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, now, counted := answerAll(t, c.answer), time.Now(), newTally()
			v := &comparedVisitor{
				wire: wire{address: address}, request: comparedRequest(address, "identity"),
				page: &page{status: 502, body: []byte("7KQ2-M9XD")}, until: now.Add(c.until),
			}
			defer v.disconnect()
			wantError(t, v.visit(t.Context(), now, counted), c.err)
			if counted.answers != c.answers || counted.closed != c.closed || len(counted.wrong) > 0 {
				t.Errorf("%d answers, %d closed, wrong: %v", counted.answers, counted.closed, counted.wrong)
			}
		})
	}
}
