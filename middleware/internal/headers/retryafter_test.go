package headers

import (
	"testing"
	"time"
)

func TestWholeSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0", time.Nanosecond: "1", time.Second: "1", time.Second + 1: "2", 24 * time.Hour: "86400"} {
		if got := WholeSeconds(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
