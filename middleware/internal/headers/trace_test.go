package headers

import (
	"net/http"
	"strings"
	"testing"
)

func TestTrace(t *testing.T) {
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for _, c := range []struct{ name, traceparent, requestID, want string }{
		{"a trace", "00-" + trace + "-" + parent + "-01", "", trace},
		{"a trace goes before an X-Request-Id", "00-" + trace + "-" + parent + "-00", "abc-123", trace},
		{"a later version may have more", "01-" + trace + "-" + parent + "-01-what-comes", "", trace},
		{"version 00 has no more", "00-" + trace + "-" + parent + "-01-more", "", ""},
		{"version ff is forbidden", "ff-" + trace + "-" + parent + "-01", "", ""},
		{"a trace of zeros is none", "00-" + strings.Repeat("0", 32) + "-" + parent + "-01", "", ""},
		{"a parent of zeros is none", "00-" + trace + "-" + strings.Repeat("0", 16) + "-01", "", ""},
		{"capitals are not allowed", "00-" + strings.ToUpper(trace) + "-" + parent + "-01", "", ""},
		{"too short", "00-4bf92f-" + parent + "-01", "", ""},
		{"a broken trace leaves the X-Request-Id", "garbage", "abc-123", "abc-123"},
		{"a UUID", "", "8d2c6a1e-9f0b-4a53-8a3d-3f6f0c9c1e11", "8d2c6a1e-9f0b-4a53-8a3d-3f6f0c9c1e11"},
		{"one that is too short to find anything", "", "abc", ""},
		{"one that is too long", "", strings.Repeat("a", 65), ""},
		{"one of signs only", "", "-----", ""},
		{"markup", "", `"><script>alert(1)</script>`, ""},
		{"a line break", "", "abcd\nSet-Cookie: x", ""},
		{"nothing", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Traceparent", c.traceparent)
			h.Set("X-Request-Id", c.requestID)
			if got := Trace(h); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzTrace(f *testing.F) {
	f.Add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "abc-123")
	f.Fuzz(func(t *testing.T, traceparent, id string) {
		got := Trace(http.Header{"Traceparent": {traceparent}, "X-Request-Id": {id}})
		if len(got) > 64 || strings.Trim(got, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-") != "" {
			t.Errorf("shown: %q", got)
		}
	})
}
