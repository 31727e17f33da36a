package main

import "testing"

func TestHasReference(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       bool
	}{
		{"alone", "7KQ2-M9XD", true},
		{"in a sentence", "Please give the reference 7KQ2-M9XD.", true},
		{"after other dashes", "max-width - 12-7KQ2-M9XD", true},
		{"in JSON", `{"reference":"7KQ2-M9XD"}`, true},
		{"nothing", "", false},
		{"too short", "7KQ2-M9X", false},
		{"cut off before", "KQ2-M9XD", false},
		{"lower case, as in styles", "grid-template auto-fill", false},
		{"a date", "2026-11-25", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := hasReference([]byte(c.body)); got != c.want {
				t.Errorf("%t", got)
			}
		})
	}
}
