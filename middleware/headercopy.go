package middleware

import "net/http"

// A headerCopy is a header as it was at one time. It takes less than a clone of the map,
// for what is nearly always written as it is.
type headerCopy []headerLine

type headerLine struct {
	name   string
	values []string
}

func copyOf(h http.Header) headerCopy {
	c := make(headerCopy, 0, len(h))
	for name, values := range h {
		c = append(c, headerLine{name, values})
	}
	return c
}

// equal reports that nothing was set, added or deleted since.
func (c headerCopy) equal(h http.Header) bool {
	if len(c) != len(h) {
		return false
	}
	for _, line := range c {
		now, ok := h[line.name]
		if !ok || len(now) != len(line.values) || len(now) > 0 && &now[0] != &line.values[0] {
			return false
		}
	}
	return true
}

// restore makes h what it was.
func (c headerCopy) restore(h http.Header) {
	clear(h)
	for _, line := range c {
		h[line.name] = line.values
	}
}
