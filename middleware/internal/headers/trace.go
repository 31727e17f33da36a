package headers

import (
	"net/http"
	"regexp"
	"strings"
)

var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{4,64}$`)

// Lengths in a traceparent of W3C Trace Context §3.2: version, trace, parent and flags, with
// a hyphen between them.
const (
	traceLength  = 32
	parentLength = 16
	parentLine   = 2 + 1 + traceLength + 1 + parentLength + 1 + 2
)

// traceID returns the trace of a traceparent; empty: it is none. A later version may have more.
func traceID(line string) string {
	if len(line) < parentLine || line[2] != '-' || line[35] != '-' || line[52] != '-' {
		return ""
	}
	version, trace, parent, flags, more := line[:2], line[3:35], line[36:52], line[53:55], line[parentLine:]
	switch {
	case !isHex(version), !isHex(trace), !isHex(parent), !isHex(flags), version == "ff", isZero(trace), isZero(parent),
		more != "" && (version == "00" || more[0] != '-' || strings.Contains(more, "\n")):
		return ""
	}
	return strings.Clone(trace) // who keeps an incident shall not keep all that may follow
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

func isZero(s string) bool { return strings.Trim(s, "0") == "" }

// Trace returns what names the request outside of this gateway: its trace, else its
// X-Request-Id; empty where there is none that can be shown.
func Trace(h http.Header) string {
	if trace := traceID(First(h, "Traceparent")); trace != "" {
		return trace
	}
	if id := First(h, "X-Request-Id"); id != "" && requestID.MatchString(id) && strings.Trim(id, "-._") != "" {
		return id
	}
	return ""
}
