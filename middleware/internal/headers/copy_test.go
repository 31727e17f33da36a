package headers

import (
	"maps"
	"net/http"
	"reflect"
	"testing"
)

func TestCopy(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(h http.Header)
		equal   bool
		takeOut http.Header // what stays then
	}{
		{"nothing", func(http.Header) {}, true, http.Header{}},
		{"a field added", func(h http.Header) { h.Set("C", "3") }, false, http.Header{"C": {"3"}}},
		{"a field deleted", func(h http.Header) { h.Del("A") }, false, http.Header{}},
		{"a field set anew to the same", func(h http.Header) { h.Set("A", "1") }, false, http.Header{"A": {"1"}}},
		{"a line added", func(h http.Header) { h.Add("A", "2") }, false, http.Header{"A": {"2"}}},
		{"a field emptied", func(h http.Header) { h["A"] = nil }, false, http.Header{"A": nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{"A": {"1"}, "B": {"1", "2"}}
			before := maps.Clone(h)
			kept := CopyOf(h)
			c.change(h)
			if got := kept.Equal(h); got != c.equal {
				t.Errorf("Equal = %v", got)
			}
			changed := maps.Clone(h)
			kept.TakeOut(changed)
			if !reflect.DeepEqual(changed, c.takeOut) {
				t.Errorf("TakeOut leaves %v, want %v", changed, c.takeOut)
			}
			kept.Restore(h)
			if !reflect.DeepEqual(h, before) {
				t.Errorf("Restore: %v, want %v", h, before)
			}
		})
	}
}

func TestFillIn(t *testing.T) {
	h := http.Header{"A": {"new"}}
	CopyOf(http.Header{"A": {"old"}, "B": {"old"}}).FillIn(h)
	if want := (http.Header{"A": {"new"}, "B": {"old"}}); !reflect.DeepEqual(h, want) {
		t.Errorf("got %v, want %v", h, want)
	}
}
