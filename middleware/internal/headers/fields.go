package headers

import (
	"net/http"
	"strings"
)

// maxFields is how many header fields of ours an answer has, and some more.
const maxFields = 16

// Fields writes header fields of one line each. All their lines are in one array: an answer
// has a dozen, and [http.Header.Set] would allocate for each.
type Fields struct {
	header http.Header
	lines  []string // not used yet
}

// NewFields returns the writer of a header.
func NewFields(h http.Header) *Fields { return &Fields{h, make([]string, maxFields)} }

// Set replaces a field. The name is canonical.
func (f *Fields) Set(name, value string) {
	if len(f.lines) == 0 {
		f.lines = make([]string, maxFields)
	}
	f.lines[0] = value
	f.header[name] = f.lines[:1:1]
	f.lines = f.lines[1:]
}

// Add adds a line to a field.
func (f *Fields) Add(name, value string) {
	if lines := f.header[name]; len(lines) > 0 {
		f.header[name] = append(lines, value)
		return
	}
	f.Set(name, value)
}

// Remove deletes a field. The name is canonical.
func (f *Fields) Remove(name string) { delete(f.header, name) }

// First returns the first line of a field; empty: there is none. The name is canonical: [http.Header.Get] would make
// sure of that each time.
func First(h http.Header, name string) string {
	if lines := h[name]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// List joins the lines of a field that is a list (RFC 9110 §5.3).
func List(lines []string) string {
	if len(lines) == 1 {
		return lines[0]
	}
	return strings.Join(lines, ",")
}
