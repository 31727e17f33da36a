package middleware_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
)

// believed tells whom a server takes for the visitor: address, host and scheme. The
// address of the connection itself, which has another port each time, is "peer".
func believed(trusted []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := r.RemoteAddr
		middleware.TrustProxies(trusted, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			visitor := r.RemoteAddr
			if visitor == peer {
				visitor = "peer"
			}
			fmt.Fprint(w, visitor, "|", r.Host, "|", r.URL.Scheme, "|", r.URL.RequestURI())
		})).ServeHTTP(w, r)
	})
}

func TestTrustProxies(t *testing.T) {
	t.Parallel()
	var prefixes []netip.Prefix
	for _, p := range []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "2001:db8:5::/48"} {
		prefixes = append(prefixes, netip.MustParsePrefix(p))
	}
	s := serve(t, believed(prefixes))
	const untouched = "peer|internal||"
	for _, c := range []struct{ name, fields, want string }{
		{"no field", "", untouched},
		{"a visitor", "X-Forwarded-For: 203.0.113.7", "203.0.113.7:0|internal||"},
		{"what a visitor put in front is passed over", "X-Forwarded-For: 6.6.6.6, 203.0.113.7", "203.0.113.7:0|internal||"},
		{"a trusted address that a visitor put in front is passed over", "X-Forwarded-For: 10.0.0.9, 203.0.113.7", "203.0.113.7:0|internal||"},
		{"a line that a visitor put in front is passed over", "X-Forwarded-For: 6.6.6.6|X-Forwarded-For: 203.0.113.7", "203.0.113.7:0|internal||"},
		{"several trusted hops", "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.3, 10.0.0.2", "203.0.113.7:0|internal||"},
		{"several trusted hops on lines of their own", "X-Forwarded-For: 203.0.113.7|X-Forwarded-For: 10.0.0.3|X-Forwarded-For: 10.0.0.2", "203.0.113.7:0|internal||"},
		{"trusted hops only: the first of them asked", "X-Forwarded-For: 10.0.0.3, 10.0.0.2", "10.0.0.3:0|internal||"},
		{"without spaces", "X-Forwarded-For: 6.6.6.6,203.0.113.7,10.0.0.2", "203.0.113.7:0|internal||"},
		{"with tabs", "X-Forwarded-For: 6.6.6.6\t,\t203.0.113.7\t,\t10.0.0.2", "203.0.113.7:0|internal||"},
		{"with a port", "X-Forwarded-For: 203.0.113.7:4711", "203.0.113.7:0|internal||"},
		{"IPv6", "X-Forwarded-For: 2001:db8::7", "[2001:db8::7]:0|internal||"},
		{"IPv6 in brackets", "X-Forwarded-For: [2001:db8::7]", "[2001:db8::7]:0|internal||"},
		{"IPv6 in brackets with a port", "X-Forwarded-For: [2001:db8::7]:4711", "[2001:db8::7]:0|internal||"},
		{"IPv6 through a trusted hop", "X-Forwarded-For: 2001:db8::7, 2001:db8:5::1", "[2001:db8::7]:0|internal||"},
		{"IPv4 within IPv6", "X-Forwarded-For: ::ffff:203.0.113.7", "203.0.113.7:0|internal||"},
		{"IPv4 within IPv6 through a trusted hop", "X-Forwarded-For: 203.0.113.7, ::ffff:10.0.0.2", "203.0.113.7:0|internal||"},
		{"a zone could be any text", `X-Forwarded-For: [fe80::1%" 200 1 "<script>]:1`, untouched},
		{"a zone without brackets", "X-Forwarded-For: fe80::1%eth0", untouched},
		{"a name", "X-Forwarded-For: visitor.example.com", untouched},
		{"garbage", "X-Forwarded-For: <script>", untouched},
		{"garbage in front", "X-Forwarded-For: <script>, 203.0.113.7", "203.0.113.7:0|internal||"},
		{"garbage behind hides everything in front", "X-Forwarded-For: 203.0.113.7, unknown", untouched},
		{"garbage in front of a trusted hop", "X-Forwarded-For: unknown, 10.0.0.2", untouched},
		{"an empty element", "X-Forwarded-For: 203.0.113.7, ", untouched},
		{"an empty field", "X-Forwarded-For: ", untouched},
		{"a port that is none", "X-Forwarded-For: 203.0.113.7:99999", untouched},
		{"an address that is none", "X-Forwarded-For: 203.0.113.777", untouched},

		{"X-Real-IP", "X-Real-IP: 203.0.113.7", "203.0.113.7:0|internal||"},
		{"the last X-Real-IP", "X-Real-IP: 6.6.6.6|X-Real-IP: 203.0.113.7", "203.0.113.7:0|internal||"},
		{"X-Real-IP with a zone that could be any text", `X-Real-IP: [fe80::1%" 200 1 "<script>]:1`, untouched},
		{"X-Real-IP that is none", "X-Real-IP: me", untouched},
		{"X-Forwarded-For goes before X-Real-IP", "X-Real-IP: 6.6.6.6|X-Forwarded-For: 203.0.113.7", "203.0.113.7:0|internal||"},
		{"X-Real-IP does not make up for a useless X-Forwarded-For", "X-Real-IP: 6.6.6.6|X-Forwarded-For: unknown", untouched},

		{"Forwarded", "Forwarded: for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7:0|internal|https|"},
		{"Forwarded in capitals", "Forwarded: By=10.0.0.1; For=203.0.113.7; Proto=HTTPS", "203.0.113.7:0|internal|https|"},
		{"Forwarded, quoted IPv6 with a port", `Forwarded: for="[2001:db8::7]:4711";proto=http`, "[2001:db8::7]:0|internal|http|"},
		{"Forwarded, quoted IPv4 with a port", `Forwarded: for="203.0.113.7:4711"`, "203.0.113.7:0|internal||"},
		{"Forwarded, obfuscated", "Forwarded: for=_hidden;proto=https", "peer|internal|https|"},
		{"Forwarded, unknown", "Forwarded: for=unknown", untouched},
		{"Forwarded, what a visitor put in front", "Forwarded: for=6.6.6.6;proto=http, for=203.0.113.7;proto=https", "203.0.113.7:0|internal|https|"},
		{"Forwarded, several trusted hops", "Forwarded: for=6.6.6.6, for=203.0.113.7, for=10.0.0.3;proto=https", "203.0.113.7:0|internal|https|"},
		{"Forwarded, several lines", "Forwarded: for=6.6.6.6|Forwarded: for=203.0.113.7", "203.0.113.7:0|internal||"},
		{"Forwarded, a visitor's host with a comma in it", `Forwarded: for=203.0.113.7;host="a,for=6.6.6.6"`, "203.0.113.7:0|internal||"},
		{"Forwarded, a visitor's host with a semicolon in it", `Forwarded: host="a;for=6.6.6.6;proto=http";for=203.0.113.7;proto=https`, "203.0.113.7:0|internal|https|"},
		{"Forwarded, a visitor's host with a quote in it", `Forwarded: for=203.0.113.7;host="a\",for=6.6.6.6"`, "203.0.113.7:0|internal||"},
		{"Forwarded, a visitor's quote without an end", `Forwarded: for=6.6.6.6;host=", for=203.0.113.7`, "203.0.113.7:0|internal||"},
		{"Forwarded, a parameter that ends alike", "Forwarded: xfor=6.6.6.6;xproto=https", untouched},
		{"Forwarded, a scheme that is none", "Forwarded: for=203.0.113.7;proto=javascript", "203.0.113.7:0|internal||"},
		{"Forwarded without a visitor", "Forwarded: by=10.0.0.1", untouched},
		{"Forwarded, garbage", `Forwarded: ;;,="",\`, untouched},
		{"X-Forwarded-For goes before Forwarded", "Forwarded: for=6.6.6.6|X-Forwarded-For: 203.0.113.7", "203.0.113.7:0|internal||"},

		{"a host", "X-Forwarded-Host: shop.example.com", "peer|shop.example.com||"},
		{"a host with a port", "X-Forwarded-Host: shop.example.com:8443", "peer|shop.example.com:8443||"},
		{"an IPv6 host", "X-Forwarded-Host: [2001:db8::1]:8443", "peer|[2001:db8::1]:8443||"},
		{"the last of several hosts", "X-Forwarded-Host: other.example.com, shop.example.com", "peer|shop.example.com||"},
		{"the last of several lines of hosts", "X-Forwarded-Host: other.example.com|X-Forwarded-Host: shop.example.com", "peer|shop.example.com||"},
		{"a host with markup", `X-Forwarded-Host: evil"><script>`, untouched},
		{"a host with a path", "X-Forwarded-Host: shop.example.com/evil", untouched},
		{"a host with a name and password", "X-Forwarded-Host: a:b@shop.example.com", untouched},
		{"a host that is too long", "X-Forwarded-Host: " + strings.Repeat("a", 300), untouched},
		{"an empty host", "X-Forwarded-Host: ", untouched},

		{"https", "X-Forwarded-Proto: https", "peer|internal|https|"},
		{"HTTPS", "X-Forwarded-Proto: HTTPS", "peer|internal|https|"},
		{"http", "X-Forwarded-Proto: http", "peer|internal|http|"},
		{"the last of several schemes", "X-Forwarded-Proto: http, https", "peer|internal|https|"},
		{"X-Forwarded-Scheme", "X-Forwarded-Scheme: https", "peer|internal|https|"},
		{"a scheme that runs", "X-Forwarded-Proto: javascript", untouched},
		{"a scheme with more in it", "X-Forwarded-Proto: https://other.example.com", untouched},
		{"a WebSocket's scheme", "X-Forwarded-Proto: wss", untouched},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			request := "GET /a?b=c HTTP/1.0\r\nHost: internal\r\n"
			if c.fields != "" {
				request += strings.ReplaceAll(c.fields, "|", "\r\n") + "\r\n"
			}
			_, got, _ := strings.Cut(raw(t, s.URL, request+"\r\n"), "\r\n\r\n")
			if want := c.want + "/a?b=c"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

const allFields = "X-Forwarded-For: 6.6.6.6|X-Real-IP: 6.6.6.6|Forwarded: for=6.6.6.6;proto=https|X-Forwarded-Host: other.example.com|X-Forwarded-Proto: https"

// TestTrustProxiesKnowsItsPeers tells whose fields count at all.
func TestTrustProxiesKnowsItsPeers(t *testing.T) {
	t.Parallel()
	const believes, ignores = "6.6.6.6:0|other.example.com|https|/", "peer|internal||/"
	for _, c := range []struct{ name, network, address, trusted, want string }{
		{"a peer in a prefix", "tcp", "127.0.0.1:0", "127.0.0.0/8", believes},
		{"a peer that is not", "tcp", "127.0.0.1:0", "10.0.0.0/8", ignores},
		{"no prefixes", "tcp", "127.0.0.1:0", "", ignores},
		{"an IPv6 peer in a prefix", "tcp", "[::1]:0", "::1/128", believes},
		{"an IPv6 peer that is not", "tcp", "[::1]:0", "127.0.0.0/8", ignores},
		{"an IPv4 peer at an IPv6 socket", "tcp", "[::]:0", "127.0.0.0/8", believes},
		{"a Unix socket has no address that could be trusted", "unix", "", "0.0.0.0/0", ignores},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var trusted []netip.Prefix
			if c.trusted != "" {
				trusted = append(trusted, netip.MustParsePrefix(c.trusted))
			}
			address := c.address
			if c.network == "unix" {
				address = filepath.Join(t.TempDir(), "s")
			}
			l, err := net.Listen(c.network, address)
			if err != nil {
				t.Skip(err) // no IPv6 here
			}
			s := &httptest.Server{Listener: l, Config: &http.Server{Handler: believed(trusted)}}
			s.Start()
			t.Cleanup(s.Close)
			address = strings.Replace(l.Addr().String(), "[::]", "127.0.0.1", 1)
			conn, err := net.Dial(c.network, address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, "GET / HTTP/1.0\r\nHost: internal\r\n"+strings.ReplaceAll(allFields, "|", "\r\n")+"\r\n\r\n")
			answer, err := io.ReadAll(conn)
			if _, got, _ := strings.Cut(string(answer), "\r\n\r\n"); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// FuzzTrustProxies: whatever the fields say, what next sees is an address, a host of plain
// characters and a scheme of the web; and in front of what a trusted proxy appends,
// nobody can put anything that counts.
func FuzzTrustProxies(f *testing.F) {
	for _, s := range []string{"", "6.6.6.6", "6.6.6.6, ", `"`, `for=6.6.6.6;host="`, `for="[::1]:1"`, "[fe80::1%x]:1", `evil"><script>`, "https", "javascript", "10.0.0.1,", `\",`} {
		f.Add(s, s, s, s, s)
	}
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	see := func(h http.Header) *http.Request {
		r := &http.Request{RemoteAddr: "127.0.0.1:4711", Host: "internal", URL: &url.URL{Path: "/"}, Header: h}
		middleware.TrustProxies(trusted, http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
		return r
	}
	f.Fuzz(func(t *testing.T, xff, real, forwarded, host, scheme string) {
		h := http.Header{"X-Forwarded-For": {xff}, "X-Real-Ip": {real}, "Forwarded": {forwarded}, "X-Forwarded-Host": {host}, "X-Forwarded-Proto": {scheme}}
		for name, values := range h {
			if values[0] == "" {
				delete(h, name)
			}
		}
		r := see(h)
		address, port, err := net.SplitHostPort(r.RemoteAddr)
		if a, aerr := netip.ParseAddr(address); err != nil || aerr != nil || a.Zone() != "" || port != "0" && r.RemoteAddr != "127.0.0.1:4711" {
			t.Errorf("address %q", r.RemoteAddr)
		}
		if r.Host == "" || strings.Trim(strings.ToLower(r.Host), "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") != "" {
			t.Errorf("host %q", r.Host)
		}
		if s := r.URL.Scheme; s != "" && s != "http" && s != "https" {
			t.Errorf("scheme %q", s)
		}
		for _, appended := range []http.Header{
			{"X-Forwarded-For": {xff + ",203.0.113.7"}, "X-Real-Ip": {real}, "Forwarded": {forwarded}},
			{"X-Forwarded-For": {xff, "203.0.113.7, 10.0.0.2"}},
			{"Forwarded": {forwarded + ",for=203.0.113.7"}},
			{"Forwarded": {forwarded, `for=203.0.113.7;host="` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(host) + `"`}},
		} {
			if r := see(appended); r.RemoteAddr != "203.0.113.7:0" {
				t.Errorf("%q: address %q", appended, r.RemoteAddr)
			}
		}
	})
}
