package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// witness notes whatever a page runs that it should not, instead of opening a dialog.
const witness = `() => {
	globalThis.ran = [];
	for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
		globalThis[name] = (...args) => { ran.push(name + " was called: " + args) };
	}
}`

var hostileValues = []struct{ name, value string }{
	{"a script", `"><script>alert(1)</script>`},
	{"a script out of its element", `</title></style></bdi></svg><script>alert(1)</script>`},
	{"an image", `<img src=x onerror=alert(1)>`},
	{"an image with quotes", `'"><img src='//127.0.0.9:8509/x' onerror="alert(1)">`},
	{"a drawing", `<svg/onload=alert(1)><animate onbegin=alert(1) attributeName=x>`},
	{"a frame", `<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>`},
	{"a base and a refresh", `<base href=//127.0.0.9:8509/><meta http-equiv=refresh content="0;url=//127.0.0.9:8509/">`},
	{"a style", `</style><style>*{display:none;background:url(//127.0.0.9:8509/)}</style>`},
	{"quotes", "\"'` autofocus tabindex=1 onfocus=alert(1) x=\"'`"},
	{"a script as an address", `javascript:alert(1)`},
	{"a script as a host", `javascript:1`},
	{"another host", `//127.0.0.9:8509/x`},
	{"a page as an address", `data:text/html,<script>alert(1)</script>`},
	{"line breaks", "a\r\nSet-Cookie: hostile=1\r\nX-Own: <b>"},
	{"a whole answer", "a\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: hostile=1\r\n\r\n<script>alert(1)</script>"},
	{"templates", `{{alert(1)}} ${alert(1)} <%= alert(1) %> #{alert(1)} {{constructor.constructor('alert(1)')()}}`},
	{"a right-to-left override", "\u202egpj.exe\u2066\u2069\u2069"},
	{"a NUL", "a\x00<script>alert(1)</script>"},
	{"bytes that are not UTF-8", "\xff\xfe+ADw-script+AD4-alert(1)+ADw-/script+AD4-"},
	{"entities", `&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;`},
}

// A hostilePlace is where somebody else can put a value: into a request that the visitor
// is lured to, or into one that passes through a hostile network.
type hostilePlace struct {
	name    string
	request func(value string) string
}

var hostilePlaces = []hostilePlace{
	{"path", func(value string) string { return hostileRequest("GET", "/"+value) }},
	{"escaped path", func(value string) string { return hostileRequest("GET", "/"+url.PathEscape(value)) }},
	{"query", func(value string) string {
		q := url.QueryEscape(value)
		return hostileRequest("GET", "/cart?"+q+"="+q+"&fiveohtwo-lang="+q)
	}},
	{"whole address", func(value string) string { return hostileRequest("GET", "http://"+value+"/cart") }},
	{"method", func(value string) string { return hostileRequest(value, "/cart") }},
	{"Host", func(value string) string {
		return "GET /cart HTTP/1.1\r\nHost: " + value + "\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
	}},
	{"fields of the visitor", func(value string) string {
		return hostileRequest("GET", "/cart", "Referer: "+value, "User-Agent: "+value, "Accept-Language: "+value,
			"Cookie: "+value, "Origin: "+value, "Traceparent: "+value, "X-Request-Id: "+value)
	}},
	{"fields of a proxy", func(value string) string {
		return hostileRequest("GET", "/cart", "X-Forwarded-Host: "+value, "X-Forwarded-Proto: "+value, "X-Forwarded-For: "+value,
			"X-Real-Ip: "+value, `Forwarded: for="`+value+`";host="`+value+`";proto="`+value+`"`)
	}},
	{"error type", func(value string) string { return hostileRequest("GET", "/_fiveohtwo/problem/"+url.PathEscape(value)) }},
	{"raw error type", func(value string) string { return hostileRequest("GET", "/_fiveohtwo/problem/"+value) }},
	{"parameters of a problem", func(value string) string { return hostileRequest("GET", problemWith(url.QueryEscape(value))) }},
	{"raw parameters of a problem", func(value string) string { return hostileRequest("GET", problemWith(value)) }},
	{"path to go back to", func(value string) string {
		form := "path=" + url.QueryEscape(value)
		return hostileRequest("POST", "/_fiveohtwo/clear-cache", "Sec-Fetch-Site: same-origin",
			"Content-Type: application/x-www-form-urlencoded", "Content-Length: "+strconv.Itoa(len(form))) + form
	}},
}

func problemWith(value string) string {
	target := "/_fiveohtwo/problem/dns_error?"
	for _, name := range []string{"outcome", "method", "reference", "lang", "fiveohtwo-lang", "k", "path"} {
		target += name + "=" + value + "&"
	}
	return target
}

func hostileRequest(method, target string, fields ...string) string {
	return method + " " + target + " HTTP/1.1\r\nHost: shop.example.com\r\nAccept: text/html\r\n" +
		strings.Join(append(fields, ""), "\r\n") + "Connection: close\r\n\r\n"
}

// TestHostile puts hostile values into all that a request brings. In the page they are
// texts or nothing: none runs, loads, links or becomes an element. The gateway trusts its
// peer, and its site has no name but the host.
func TestHostile(t *testing.T) {
	p, err := startProgram("hostile", "-upstream", "http://127.0.0.9:9", "-trust", "127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	inEach(t, func(v *visitor) {
		v.look(desktop)
		v.preload(witness)
		relay := startRelay(v.T, p)
		known := v.elements(relay, "/cart", "/_fiveohtwo/problem/dns_error")
		pages, others := 0, 0
		for i, place := range hostilePlaces {
			v.sub(place.name, func(v *visitor) {
				for j, h := range hostileValues {
					path := fmt.Sprintf("/%d/%d", i, j)
					relay.swap(path, place.request(h.value))
					page, faults := v.hostileFaults(relay.url, path, known)
					if len(faults) > 0 {
						v.Errorf("%s: %q", h.name, faults)
					}
					if page {
						pages++
					} else {
						others++ // of net/http to what is no request, and plain texts
					}
				}
			})
		}
		v.Logf("%d pages and %d other answers", pages, others)
	})
}

// elements are the kinds of elements in pages without anything hostile, their script as a
// whole, and the addresses elsewhere that they link to.
func (v *visitor) elements(relay *relay, paths ...string) (kinds []string) {
	v.Helper()
	for _, path := range paths {
		v.open(relay.url + path)
		kinds = append(kinds, measure[[]string](v, `() => [...document.querySelectorAll("*")].map(e => e.outerHTML.startsWith("<script>") ? e.outerHTML : e.localName)`)...)
		kinds = append(kinds, measure[[]string](v, `() => [...document.querySelectorAll("[href^='https:'], [href^='data:']")].map(e => e.getAttribute("href"))`)...)
	}
	if len(kinds) < 40 {
		v.Errorf("too few elements are known: %q", kinds)
	}
	return kinds
}

// hostileFaults opens a page and returns what there is of somebody else, and whether it
// was a page at all.
func (v *visitor) hostileFaults(origin, path string, known []string) (page bool, faults []string) {
	v.Helper()
	v.open(origin + path)
	got := measure[struct {
		Page   bool
		Faults []string
	}](v, script(v, "inert"), known)
	requests, messages := v.tab.record().read()
	for _, r := range requests {
		if !strings.HasPrefix(r.URL, origin+"/") {
			got.Faults = append(got.Faults, "a request for "+r.URL)
		}
	}
	for _, m := range messages {
		if strings.HasPrefix(m, "a dialog") {
			got.Faults = append(got.Faults, m)
		}
	}
	if len(requests) == 0 {
		got.Faults = append(got.Faults, "no request was recorded")
	}
	return got.Page, got.Faults
}

// TestHostileIsFound shows a page that escapes nothing to what TestHostile trusts.
func TestHostileIsFound(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Set-Cookie", "hostile=1")
		fmt.Fprint(w, "<!doctype html><title>Faulty</title><p>"+r.URL.Query().Get("q"))
	}))
	t.Cleanup(server.Close)
	inEach(t, func(v *visitor) {
		v.look(desktop)
		v.preload(witness)
		known := []string{"html", "head", "title", "body", "p", "data:,"}
		for value, want := range map[string][]string{
			`"><script>alert(1)</script>`:                                         {"alert was called: 1", "the element script", "1 elements that run", "hostile=1"},
			`<img src=x onerror=alert(1)>`:                                        {"the element img", "the handler onerror"},
			`<img src="//127.0.0.9:8509/x">`:                                      {"the element img", "the address //127.0.0.9:8509/x", "a request for http://127.0.0.9:8509/x"},
			`<svg/onload=alert(1)>`:                                               {"alert was called: 1", "the handler onload"},
			`<a href="javascript:alert(1)">`:                                      {"the address javascript:alert(1)"},
			`<a href="//127.0.0.9:8509/x">`:                                       {"the address //127.0.0.9:8509/x"},
			`<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>`:         {"alert was called: 1", "the element iframe"},
			`<form action="//127.0.0.9:8509/"><button formaction="javascript:1">`: {"the address //127.0.0.9:8509/", "the address javascript:1"},
		} {
			_, faults := v.hostileFaults(server.URL, "/?q="+url.QueryEscape(value), known)
			v.finds(faults, want...)
		}
	})
}
