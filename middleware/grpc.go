package middleware

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/pages"
)

// A grpcType is the media type of a call, which its answer has too: some clients take only
// their own.
type grpcType struct{ kind, message uint8 }

// What a grpcType counts by. The first message is that of a type without a suffix.
var (
	grpcKinds    = [...]string{"application/grpc", "application/grpc-web", "application/grpc-web-text"}
	grpcMessages = [...]string{"", "+proto", "+json", "+thrift", "+flatbuffers", "+msgpack", "+cbor"}
)

func grpcTypeOf(contentType string) (t grpcType) {
	kind, message, _ := strings.Cut(strings.ToLower(mediaType(contentType)), "+")
	t.kind = uint8(max(0, slices.Index(grpcKinds[:], kind)))
	t.message = uint8(max(0, slices.Index(grpcMessages[:], "+"+message)))
	return t
}

func (t grpcType) String() string { return grpcKinds[t.kind] + grpcMessages[t.message] }

// setGRPC makes the header a whole answer of gRPC: status and message of a call, in a
// response without a body ("Trailers-Only" in its protocol over HTTP/2).
func (x *exchange) setGRPC(f *fields) {
	f.set("Content-Type", x.ask.grpc.String())
	site := x.mw.siteOf(x.r)
	var view pages.View
	x.view(&view, site)
	f.set("Grpc-Status", strconv.Itoa(grpcStatus(view.Diagnosis.Status)))
	f.set("Grpc-Message", percentEncoded(oneLine(site, &view)))
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
