package diagnosis

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, field string
		want        time.Duration
	}{
		{"seconds", "120", 2 * time.Minute},
		{"blanks around seconds", " 120 ", 2 * time.Minute},
		{"a date", now.Add(time.Hour).Format(http.TimeFormat), time.Hour},
		{"a date that has passed", now.Add(-time.Hour).Format(http.TimeFormat), 0},
		{"more than a day", "86401", 24 * time.Hour},
		{"a date in more than a day", now.Add(48 * time.Hour).Format(http.TimeFormat), 24 * time.Hour},
		{"more than fits a number", "99999999999999999999", 24 * time.Hour},
		{"less than fits a number", "-99999999999999999999", 0},
		{"below zero", "-1", 0},
		{"a fraction", "1.5", 0},
		{"a word", "soon", 0},
		{"nothing", "", 0},
	} {
		if got := RetryAfter(c.field, now); got != c.want {
			t.Errorf("%s: %q: %v, want %v", c.name, c.field, got, c.want)
		}
	}
}
