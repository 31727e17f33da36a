package pages

import (
	"testing"
	"time"
)

func TestAppendLayout(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Unix(0, 0).UTC(), time.Date(2026, 11, 25, 3, 4, 5, 6, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		time.Date(12345, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(-1, 1, 2, 3, 4, 5, 0, time.UTC),
	} {
		for _, layout := range []string{timeLayout, shortTimeLayout, clockLayout, machineLayout} {
			if got, want := string(appendLayout(nil, at, layout)), at.Format(layout); got != want {
				t.Errorf("%v as %s: %q, want %q", at, layout, got, want)
			}
		}
	}
}
