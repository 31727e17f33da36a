package headers

import (
	"net/http"
	"slices"
)

// A Copy is a header as it was at one time. It takes less than a clone of the map, for what is
// nearly always written as it is. The values are shared, not copied.
type Copy []field

type field struct {
	name   string
	values []string
}

// CopyOf returns a copy of a header.
func CopyOf(h http.Header) Copy {
	c := make(Copy, 0, len(h))
	for name, values := range h {
		c = append(c, field{name, values})
	}
	return c
}

// Equal reports that nothing was set, added or deleted in h since.
func (c Copy) Equal(h http.Header) bool {
	if len(c) != len(h) {
		return false
	}
	for _, f := range c {
		now, ok := h[f.name]
		if !ok || len(now) != len(f.values) || len(now) > 0 && &now[0] != &f.values[0] {
			return false
		}
	}
	return true
}

// Restore makes h what it was.
func (c Copy) Restore(h http.Header) {
	clear(h)
	for _, f := range c {
		h[f.name] = f.values
	}
}

// TakeOut deletes the fields of the copy from h, where it shares their values. Of a field that
// had lines added, those that were added stay.
func (c Copy) TakeOut(h http.Header) {
	for _, f := range c {
		switch now := h[f.name]; {
		case len(now) == 0 || len(f.values) == 0:
		case &now[0] == &f.values[0]:
			delete(h, f.name)
		case len(now) > len(f.values) && slices.Equal(now[:len(f.values)], f.values):
			h[f.name] = now[len(f.values):] // a ReverseProxy adds to what is there
		}
	}
}

// FillIn puts the fields of the copy into h that h does not have.
func (c Copy) FillIn(h http.Header) {
	for _, f := range c {
		if _, ok := h[f.name]; !ok {
			h[f.name] = f.values
		}
	}
}
