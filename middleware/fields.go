package middleware

import "net/http"

// maxFields is how many header fields of ours an answer has, and some more.
const maxFields = 16

// fields writes header fields of one line each. All their lines are in one array: an answer
// has a dozen, and [http.Header.Set] would allocate for each.
type fields struct {
	header http.Header
	lines  []string // not used yet
}

func newFields(h http.Header) *fields { return &fields{h, make([]string, maxFields)} }

// set replaces a field. The name is canonical.
func (f *fields) set(name, value string) {
	if len(f.lines) == 0 {
		f.lines = make([]string, maxFields)
	}
	f.lines[0] = value
	f.header[name] = f.lines[:1:1]
	f.lines = f.lines[1:]
}

// add adds a line to a field.
func (f *fields) add(name, value string) {
	if lines := f.header[name]; len(lines) > 0 {
		f.header[name] = append(lines, value)
		return
	}
	f.set(name, value)
}

// first returns the first line of a field. The name is canonical: [http.Header.Get] would make
// sure of that each time.
func first(h http.Header, name string) string {
	if lines := h[name]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}
