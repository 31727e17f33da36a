package transparency

import "testing"

// exchanges are those that every protocol can carry. want must be in what the client sees.
var exchanges = []struct {
	name string
	request
	want string
	few  bool // so large that two pairs of protocols do
}{
	{name: "200, small", request: request{line: "GET /hello"}, want: "hello"},
	{name: "200, empty", request: request{line: "GET /sized/0"}, want: "200"},
	{name: "200, one byte more than is held back", request: request{line: "GET /sized/2049"}, want: "2049 bytes"},
	{name: "200, exactly as much as is held back", request: request{line: "GET /sized/2048"}, want: "2048 bytes"},
	{name: "200, large", request: request{line: "GET /sized/100000"}, want: "100000 bytes"},
	{name: "200, 1 MB", request: request{line: "GET /sized/1000000"}, want: "1000000 bytes"},
	{name: "200, 10 MB", request: request{line: "GET /sized/10000000"}, want: "10000000 bytes", few: true},
	{name: "200 of unknown length, by io.Copy", request: request{line: "GET /unsized/100000"}, want: "100000 bytes"},
	{name: "200 of unknown length, flushed line by line", request: request{line: "GET /lines"}, want: "0\n1\n2\n3\n4\n"},
	{name: "a file, by sendfile", request: request{line: "GET /file"}, want: "100000 bytes"},
	{name: "HEAD with a length", request: request{line: "HEAD /sized/5000"}, want: "5000"},
	{name: "HEAD with an empty body", request: request{line: "HEAD /sized/0"}, want: "200"},
	{name: "HEAD without a length", request: request{line: "HEAD /unsized/5000"}, want: "200"},
	{name: "HEAD of a 503", request: request{line: "HEAD /own/503", fields: []string{"Accept: text/html"}}, want: "503"},
	{name: "204", request: request{line: "GET /empty/204"}, want: "204"},
	{name: "205", request: request{line: "GET /empty/205"}, want: "205"},
	{name: "304, If-None-Match", request: request{line: "GET /file", fields: []string{`If-None-Match: "v1"`}}, want: "304"},
	{name: "304, If-Modified-Since", request: request{line: "GET /file", fields: []string{"If-Modified-Since: Wed, 15 Nov 2023 22:13:20 GMT"}}, want: "304"},
	{name: "412, If-Match", request: request{line: "GET /file", fields: []string{`If-Match: "v0"`}}, want: "412"},
	{name: "206, one range", request: request{line: "GET /file", fields: []string{"Range: bytes=10-19"}}, want: "bytes 10-19/100000"},
	{name: "206, the end", request: request{line: "GET /file", fields: []string{"Range: bytes=-50000"}}, want: "50000 bytes"},
	{name: "206, several ranges", request: request{line: "GET /multipart", fields: []string{"Range: bytes=0-1,4-5"}}, want: "--XX--"},
	{name: "416", request: request{line: "GET /file", fields: []string{"Range: bytes=200000-"}}, want: "416"},
	{name: "If-Range of an older version", request: request{line: "GET /file", fields: []string{"Range: bytes=0-1", `If-Range: "v0"`}}, want: "100000 bytes"},
	{name: "301", request: request{line: "GET /redirect/301"}, want: "301"},
	{name: "302", request: request{line: "GET /redirect/302"}, want: "302"},
	{name: "303 after POST", request: request{line: "POST /redirect/303", body: "a=1"}, want: "303"},
	{name: "308 after POST", request: request{line: "POST /redirect/308", body: "a=1"}, want: "308"},
	{name: "103, then 200", request: request{line: "GET /hints/1"}, want: "103"},
	{name: "103 three times, then 200", request: request{line: "GET /hints/3"}, want: "</2.css>"},
	{name: "102, 103, then 404", request: request{line: "GET /processing"}, want: "102"},
	{name: "upload", request: request{line: "POST /sum", body: "hello"}, want: "5 bytes"},
	{name: "upload of 1 MB", request: request{line: "PUT /sum", body: pattern(1_000_000)}, want: "1000000 bytes"},
	{name: "upload of 10 MB", request: request{line: "PUT /sum", body: pattern(10_000_000)}, want: "10000000 bytes", few: true},
	{name: "upload without a length", request: request{line: "POST /sum", body: pattern(50_000), unsized: true}, want: "50000 bytes"},
	{name: "upload without a length, empty", request: request{line: "POST /sum", unsized: true}, want: "0 bytes"},
	{name: "upload with announced trailers", request: request{
		line: "POST /sum", body: "hello", unsized: true, fields: []string{"Trailer: X-Sum"}, trailers: []string{"X-Sum: 42"},
	}, want: "X-Sum"},
	{name: "upload with a trailer that was not announced", request: request{
		line: "POST /sum", body: "hello", unsized: true, trailers: []string{"X-Late: 42"},
	}, want: "5 bytes"},
	{name: "GET with a body", request: request{line: "GET /sum", body: "hello"}, want: "5 bytes"},
	{name: "413 of the site's own, before the body was read", request: request{line: "POST /refuse", body: "hello"}, want: "too large for us"},
	{name: "trailer, announced", request: request{line: "GET /trailers/5000?announced", fields: []string{"TE: trailers"}}, want: "42"},
	{name: "trailer, not announced", request: request{line: "GET /trailers/5000?late"}, want: "7"},
	{name: "trailers of both kinds", request: request{line: "GET /trailers/5?announced&late"}, want: "7"},
	{name: "trailer behind an empty body", request: request{line: "GET /trailers/0?announced"}, want: "42"},
	{name: "gzip, asked for by the client", request: request{line: "GET /gzip", fields: []string{"Accept-Encoding: gzip"}}, want: "gzip"},
	{name: "gzip, asked for and unzipped by the transport", request: request{line: "GET /gzip"}, want: "5000 bytes"},
	{name: "Set-Cookie and Vary, several times", request: request{line: "GET /cookies"}, want: "c3=3"},
	{name: "200 fields, an empty one, one in Latin-1", request: request{line: "GET /fields"}, want: "caf\xe9"},
	{name: "400 with a body", request: request{line: "GET /own/400"}, want: `{"error":400}`},
	{name: "401 with a body", request: request{line: "GET /own/401"}, want: `{"error":401}`},
	{name: "404 with a body", request: request{line: "GET /own/404", fields: []string{"Accept: text/html"}}, want: `{"error":404}`},
	{name: "404 without a body", request: request{line: "GET /empty/404", fields: []string{"Accept: text/html"}}, want: "404"},
	{name: "429 with Retry-After", request: request{line: "GET /own/429"}, want: "120"},
	{name: "500 with a body", request: request{line: "GET /own/500", fields: []string{"Accept: text/html"}}, want: `{"error":500}`},
	{name: "500 without a body", request: request{line: "GET /empty/500", fields: []string{"Accept: text/html"}}, want: "500"},
	{name: "501 with a body", request: request{line: "GET /own/501", fields: []string{"Accept: text/html"}}, want: `{"error":501}`},
	{name: "502 with a body", request: request{line: "GET /own/502", fields: []string{"Accept: text/html"}}, want: `{"error":502}`},
	{name: "503 with a body and Retry-After", request: request{line: "GET /own/503", fields: []string{"Accept: text/html"}}, want: "120"},
	{name: "503 with a body of unknown length", request: request{line: "GET /own/503?unsized", fields: []string{"Accept: text/html"}}, want: `{"error":503}`},
	{name: "504 with a body, to a program", request: request{line: "GET /own/504", fields: []string{"Accept: application/json"}}, want: `{"error":504}`},
	{name: "503 without a body, to who takes anything", request: request{line: "GET /empty/503", fields: []string{"Accept: */*"}}, want: "503"},
	{name: "505 with a body", request: request{line: "GET /own/505"}, want: `{"error":505}`},
	{name: "299, a status without a name", request: request{line: "GET /own/299"}, want: "299"},
	{name: "799, beyond the classes", request: request{line: "GET /own/799"}, want: "799"},
	{name: "OPTIONS", request: request{line: "OPTIONS /hello"}, want: "hello"},
	{name: "OPTIONS *", request: request{line: "OPTIONS *"}, want: "/%2A"},
	{name: "PROPFIND", request: request{line: "PROPFIND /own/207", fields: []string{"Depth: 1"}, body: "<propfind/>"}, want: "207"},
	{name: "a method of the site's own", request: request{line: "BREW /hello", fields: []string{"Accept-Additions: milk"}}, want: "hello"},
	{name: "DELETE", request: request{line: "DELETE /empty/204"}, want: "204"},
	{name: "query with a semicolon", request: request{line: "GET /odd?a=1;b=2&c=3"}, want: "c=3"},
	{name: "query with escapes, plus, bare percent", request: request{line: "GET /odd?q=%2F%20+%zz&x=%C3%A9"}, want: "x="},
	{name: "empty query", request: request{line: "GET /odd?"}, want: "/odd"},
	{name: "path with an escaped slash", request: request{line: "GET /odd/a%2Fb/%20c"}, want: "/odd/a%2Fb/%20c"},
	{name: "path with double slashes and dots", request: request{line: "GET /odd//a/../b/./c//"}, want: "/odd//a/../b/./c//"},
	{name: "path of 8 KB", request: request{line: "GET /odd/" + pattern(8<<10)}, want: "0"},
	{name: "hop-by-hop fields", request: request{line: "GET /hello", fields: []string{"Keep-Alive: 5", "Proxy-Authorization: x", "X-Kept: 1"}}, want: "hello"},
	{name: "forwarding fields of the client's own", request: request{line: "GET /hello", fields: []string{
		"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: a.example", "Forwarded: for=192.0.2.1", "Via: 1.1 a", "Max-Forwards: 3",
	}}, want: "hello"},
	{name: "cookies, also odd ones", request: request{line: "GET /hello", fields: []string{`Cookie: a=1; b="x y"; c`, "Cookie: d=2"}}, want: "hello"},
}

var wirings = []wiring{
	{name: "h1-h1", front: http1, back: http1},
	{name: "h1-h2", front: http1, back: http2},
	{name: "h2-h1", front: http2, back: http1},
	{name: "h2-h2", front: http2, back: http2},
	{name: "h2c-h2c", front: h2c, back: h2c},
}

// TestSuccessPassesUntouched runs every exchange over every pair of protocols.
func TestSuccessPassesUntouched(t *testing.T) {
	for _, w := range wirings {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, w, site(t))
			for _, e := range exchanges {
				if e.few && w.name != "h1-h1" && w.name != "h2-h2" {
					continue
				}
				t.Run(e.name, func(t *testing.T) {
					kinds.add(e.name, w.name, "every byte of HTTP/1.1 or frame of HTTP/2 at the client, every byte of HTTP/1.1 or field of HTTP/2 at the upstream")
					s.compare(t, e.want, func(t *testing.T, g gateway) string {
						if g.protocol == http1 {
							return exchange1(t, g, e.request)
						}
						return exchange2(t, g, e.request)
					})
				})
			}
		})
	}
}
