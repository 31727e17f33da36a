package middleware

import (
	"net/http"
	"regexp"
	"strings"
)

var (
	// traceparent of W3C Trace Context §3.2: version, trace, parent and flags. A later
	// version may have more.
	traceparent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$`)
	requestID   = regexp.MustCompile(`^[A-Za-z0-9._-]{4,64}$`)
)

// traceOf returns what names the request outside of this gateway: its trace, else its
// X-Request-Id; empty where there is none that can be shown.
func traceOf(h http.Header) string {
	const none = "0000000000000000"
	if m := traceparent.FindStringSubmatch(h.Get("Traceparent")); m != nil {
		version, trace, parent, more := m[1], m[2], m[3], m[4]
		if version != "ff" && trace != none+none && parent != none && (version != "00" || more == "") {
			return trace
		}
	}
	if id := h.Get("X-Request-Id"); requestID.MatchString(id) && strings.Trim(id, "-._") != "" {
		return id
	}
	return ""
}
