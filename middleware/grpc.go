package middleware

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// setGRPC makes the header a whole answer of gRPC: status and message of a call, in a
// response without a body ("Trailers-Only" in its protocol over HTTP/2).
func (x *exchange) setGRPC(f *headers.Fields) {
	f.Set("Content-Type", x.ask.grpc.String())
	site := x.mw.siteOf(x.r)
	var view pages.View
	x.view(&view, site)
	f.Set("Grpc-Status", strconv.Itoa(grpcStatus(view.Diagnosis.Status)))
	f.Set("Grpc-Message", percentEncoded(oneLine(site, &view)))
}

// oneLine is the answer in one line: the title of its text, and what to name to those who run
// the site.
func oneLine(site *pages.Site, view *pages.View) string {
	title, _, _ := strings.Cut(string(site.Text(*view)), "\n")
	if named := strings.Trim(view.Reference+" / "+view.Trace, "/ "); named != "" {
		return title + " [" + named + "]"
	}
	return title
}

// grpcStatus is what gRPC's own clients make of a status of HTTP: timeouts too are
// "unavailable", for "deadline exceeded" is about the caller's own deadline.
func grpcStatus(status int) int {
	const unknown, permissionDenied, resourceExhausted, unimplemented, internal, unavailable, unauthenticated = 2, 7, 8, 12, 13, 14, 16
	switch status {
	case http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge:
		return internal
	case http.StatusUnauthorized:
		return unauthenticated
	case http.StatusForbidden:
		return permissionDenied
	case http.StatusNotFound:
		return unimplemented
	case http.StatusRequestEntityTooLarge:
		return resourceExhausted
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return unavailable
	}
	return unknown
}

// percentEncoded writes a message as grpc-message has it.
func percentEncoded(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || c == '%' {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
