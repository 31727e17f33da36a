package headers

import (
	"net/http"
	"reflect"
	"strconv"
	"testing"
)

func TestFields(t *testing.T) {
	h := http.Header{"A": {"old", "older"}, "B": {"old"}, "C": {"old"}}
	f := NewFields(h)
	f.Set("A", "new")
	f.Add("B", "more")
	f.Add("D", "new")
	f.Remove("C")
	if want := (http.Header{"A": {"new"}, "B": {"old", "more"}, "D": {"new"}}); !reflect.DeepEqual(h, want) {
		t.Errorf("got %v, want %v", h, want)
	}
	h.Add("A", "another")
	if got := h["D"]; got[0] != "new" {
		t.Errorf("a line added to one field stands in another: %q", got)
	}
}

func TestFieldsBeyondTheFirstArray(t *testing.T) {
	h := http.Header{}
	f := NewFields(h)
	for i := range 3 * maxFields {
		f.Set(strconv.Itoa(i), strconv.Itoa(i))
	}
	for i := range 3 * maxFields {
		if name := strconv.Itoa(i); First(h, name) != name {
			t.Errorf("field %d: %q", i, h[name])
		}
	}
}

func TestList(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  string
	}{{nil, ""}, {[]string{"a"}, "a"}, {[]string{"a", "b, c"}, "a,b, c"}} {
		if got := List(c.lines); got != c.want {
			t.Errorf("%q: %q, want %q", c.lines, got, c.want)
		}
	}
}
