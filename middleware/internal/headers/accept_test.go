package headers

import (
	"strings"
	"testing"
)

// RFC 9110 §12.5.1 gives this field, and these weights.
const rfc9110Accept = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"

var qualities = []struct {
	name, accept, media string
	want                int // in thousandths
	named               bool
}{
	{"RFC 9110: a type named without parameters", rfc9110Accept, "text/plain", 700, true},
	{"RFC 9110: a type in a range", rfc9110Accept, "text/html", 300, false},
	{"RFC 9110: a type in no other range", rfc9110Accept, "image/jpeg", 500, false},
	{"RFC 9110: audio/basic preferred", "audio/*; q=0.2, audio/basic", "audio/basic", 1000, true},
	{"RFC 9110: other audio if that is not there", "audio/*; q=0.2, audio/basic", "audio/mpeg", 200, false},
	{"RFC 9110: text/plain;q=0.5 in the elaborate example", "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/plain", 500, true},
	{"RFC 9110: text/html in the elaborate example", "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/html", 1000, true},
	{"RFC 9110: nothing else in the elaborate example", "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "application/json", 0, false},
	{"RFC 9110: no field accepts anything", "", "text/html", 1000, false},

	{"the more specific range decides, wherever it stands", "text/html;q=0.4, text/*;q=0.9, */*", "text/html", 400, true},
	{"the same in the other order", "*/*, text/*;q=0.9, text/html;q=0.4", "text/html", 400, true},
	{"a range of the same kind goes before anything", "*/*;q=0.9, text/*;q=0.4", "text/html", 400, false},
	{"a type named twice has the better weight", "text/html;q=0.4, text/html;q=0.9", "text/html", 900, true},
	{"a type with a parameter is still named", "text/html;level=1", "text/html", 1000, true},
	{"a type with a charset is still named", "application/json;charset=utf-8", "application/json", 1000, true},
	{"a type with a parameter and a weight", "text/html;level=1;q=0.4", "text/html", 400, true},
	{"a refusal", "text/html;q=0", "text/html", 0, true},
	{"a refusal against anything", "*/*, text/html;q=0", "text/html", 0, true},
	{"a refusal in three digits", "text/html;q=0.000", "text/html", 0, true},
	{"the smallest weight", "text/html;q=0.001", "text/html", 1, true},
	{"another type", "image/png", "text/html", 0, false},
	{"the subtype must fit as a whole", "text/htm, text/html5", "text/html", 0, false},

	{"capitals do not matter", "TEXT/HTML;Q=0.4", "text/html", 400, true},
	{"blanks around everything", " text/html ; q=0.4 , */* ", "text/html", 400, true},
	{"tabs", "\ttext/html\t;\tq=0.4\t", "text/html", 400, true},
	{"blanks around the equals sign", "text/html; q = 0.4", "text/html", 400, true},
	{"empty items", ",, text/html;q=0.4 ,,", "text/html", 400, true},
	{"nothing but commas accepts anything", ", ,", "text/html", 1000, false},
	{"a lone star, as old clients send", "*;q=0.2", "text/html", 200, false},
	{"a weight without its zero", "text/html;q=.2", "text/html", 200, true},

	{"a weight that is no number counts as none", "text/html;q=abc", "text/html", 1000, true},
	{"an empty weight counts as none", "text/html;q=", "text/html", 1000, true},
	{"a weight above one counts as none", "text/html;q=1.5", "text/html", 1000, true},
	{"a negative weight counts as none", "text/html;q=-1", "text/html", 1000, true},
	{"more digits than RFC 9110 allows", "text/html;q=0.123456789", "text/html", 123, true},
	{"one in full", "text/html;q=1.000", "text/html", 1000, true},
	{"a little above one counts as none", "text/html;q=1.001", "text/html", 1000, true},
	{"a point alone counts as none", "text/html;q=.", "text/html", 1000, true},
	{"an exponent counts as none", "text/html;q=1e-1", "text/html", 1000, true},
	{"a weight that is not a number, literally", "text/html;q=NaN", "text/html", 1000, true},
	{"an endless weight", "text/html;q=Inf", "text/html", 1000, true},
	{"a quoted weight", `text/html;q="0.4"`, "text/html", 1000, true},
	{"a type without a slash", "html", "text/html", 0, false},
	{"half a type", "text/", "text/html", 0, false},
	{"a star for the kind only", "*/html", "text/html", 0, false},
	{"a NUL in the type", "text/ht\x00ml", "text/html", 0, false},
	{"invalid UTF-8", "\xff/\xff, text/html;q=0.4", "text/html", 400, true},

	{"a subtype that ends in +json", "application/vnd.api+json;q=0.4", "application/+json", 400, true},
	{"the same in capitals", "application/VND.API+JSON;q=0.4", "application/+json", 400, true},
	{"a document of another kind that ends in +json", "model/gltf+json", "application/+json", 0, false},

	{"the eighth item is read", strings.Repeat("a/b,", 7) + "text/html", "text/html", 1000, true},
	{"the ninth is not", strings.Repeat("a/b,", 8) + "text/html", "text/html", 0, false},
	{"an item cut by the bound is not read in part", "text/html;q=0.4,text/plain" + strings.Repeat("x", MaxAccept), "text/plain", 0, false},
	{"what stands before the bound is read", "text/html;q=0.4," + strings.Repeat("x", 1<<20), "text/html", 400, true},
	{"one megabyte without a comma says nothing", strings.Repeat("x", 1<<20), "text/html", 1000, false},
}

func TestQuality(t *testing.T) {
	for _, tt := range qualities {
		t.Run(tt.name, func(t *testing.T) {
			kind, subtype, _ := strings.Cut(tt.media, "/")
			ranges := ParseAccept(tt.accept)
			q, named := ranges.Quality(kind, subtype)
			if q != tt.want || named != tt.named {
				t.Errorf("%.80q: quality(%s) = %d, named %t; want %d, named %t", tt.accept, tt.media, q, named, tt.want, tt.named)
			}
		})
	}
}

func FuzzQuality(f *testing.F) {
	for _, tt := range qualities {
		if len(tt.accept) < 1<<10 {
			f.Add(tt.accept, tt.media)
		}
	}
	f.Fuzz(func(t *testing.T, accept, media string) {
		kind, subtype, _ := strings.Cut(media, "/")
		ranges := ParseAccept(accept)
		if q, _ := ranges.Quality(kind, subtype); q < 0 || q > maxQ {
			t.Errorf("%q: quality(%s) = %d, want 0 to %d", accept, media, q, maxQ)
		}
	})
}
