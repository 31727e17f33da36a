package headers

import (
	"strings"
	"testing"
)

func TestAcceptsGzip(t *testing.T) {
	for _, tt := range []struct {
		field string
		want  bool
	}{
		{"gzip, deflate, br, zstd", true}, {"gzip", true}, {"GZIP", true}, {"x-gzip", true}, {"br, gzip;q=0.5", true}, {"*", true},
		{"br;q=1.0, *;q=0.1", true}, {"gzip;q=1.0, identity;q=0.5, *;q=0", true}, {"identity, gzip", true}, {" gzip ; q=0.8 ", true},
		{"", false}, {"identity", false}, {"br", false}, {"gzip;q=0", false}, {"gzip;q=0.000, *", false}, {"*;q=0", false},
		{"identity;q=1, gzip;q=0.5", false}, {"gzipped", false}, {",,;;q=", false}, {strings.Repeat("x,", 300) + "gzip", false},
	} {
		if got := AcceptsGzip(tt.field); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.field, got, tt.want)
		}
	}
}
