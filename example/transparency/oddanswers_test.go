package transparency

import (
	"strings"
	"testing"
)

// TestOddAnswersPassUntouched has upstreams that are no Go servers.
func TestOddAnswersPassUntouched(t *testing.T) {
	for _, c := range []struct{ name, answer, want string }{
		// With a type: of an unknown length ReverseProxy flushes the head beside the first
		// bytes, and whether net/http gets to guess the type from them is chance, bare too.
		{"an upstream that speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Type: a/b\r\n\r\nuntil the end", "until the end"},
		{"a reason of the upstream's own", "HTTP/1.1 200 Very Well\r\nContent-Length: 2\r\n\r\nok", "200 OK"},
		{"no reason at all", "HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\nno", "404 Not Found"},
		{"no type: it is guessed from the first bytes", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<!doctype html>", "text/html"},
		{"no type, and more than is held back", "HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n%PDF-" + strings.Repeat("x", 5995), "application/pdf"},
		{"names in small letters, spaces around values", "HTTP/1.1 200 OK\r\ncontent-length:2\r\nx-odd:   a b  \r\nx-odd:c\r\n\r\nok", "X-Odd: c"},
		{"lengths said twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "ok"},
		{"both length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\n2\r\nok\r\n0\r\n\r\n", "ok"},
		{"chunks with extensions", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\n2;a=b\r\nok\r\n0\r\n\r\n", "ok"},
		{"lines that end without CR", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "ok"},
		{"fields of the hop only", "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Authenticate: x\r\nContent-Length: 2\r\n\r\nok", "ok"},
		{"304 with the length that a 200 would have", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nEtag: \"1\"\r\n\r\n", "304"},
		{"204 with a length of nothing", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "204"},
		{"four 1xx of several kinds", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 110 Odd\r\n\r\n", 2) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "110"},
		{"Date, Server and Via of the upstream's own", "HTTP/1.1 200 OK\r\nServer: nginx\r\nVia: 1.1 a\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Length: 2\r\n\r\nok", "nginx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kinds.add(c.name, "h1-h1", "every byte at both ends")
			newRawStand(t, c.answer).compare(t, c.want, func(t *testing.T, g gateway) string {
				return exchange1(t, g, request{line: "GET /"})
			})
		})
	}
}
