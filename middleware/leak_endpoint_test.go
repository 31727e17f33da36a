package middleware_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// TestEndpointsLeakNothing asks our own pages with secrets in all that can be sent to
// them. They repeat nothing of it.
func TestEndpointsLeakNothing(t *testing.T) {
	takesLong(t)
	t.Parallel()
	var s search
	s.tell(t)
	mw := newMiddleware(t, middleware.Config{
		Name:    "edge",
		Brands:  map[string]pages.Brand{"wq7brand9zk": {Site: "Example Shop"}},
		BrandOf: func(*http.Request) string { return "wq7brand9zk" },
	})
	proxy, _ := insideProxy(t, "http", insideAddress+":"+closedPort)
	wrapped, mounted := serve(t, mw.Proxy(proxy)), serve(t, mw.Endpoints())
	const (
		form     = "Content-Type: application/x-www-form-urlencoded\r\n"
		sameSite = form + "Sec-Fetch-Site: same-origin\r\n"
		explain  = "problem/connection_refused?"
	)
	for _, c := range []struct {
		name, method, path, fields, body string
		status                           int
	}{
		{"the state behind an invented key", "GET", "status?k=Wq7Query9zk", "", "", 204},
		{"the state behind no key", "GET", "status?token=Wq7Query9zk", "", "", 204},
		{"the state, by POST", "POST", "status?k=Wq7Query9zk", form, "k=Wq7Form9zk", 405},
		{"the state, by an invented method", "WQ7QUERY9ZK", "status", "", "", 405},
		{"the state, by OPTIONS", "OPTIONS", "status?k=Wq7Query9zk", "", "", 200},
		{"clearing the cache from another site", "POST", "clear-cache?path=Wq7Query9zk", form + "Sec-Fetch-Site: cross-site\r\n", "path=Wq7Form9zk", 403},
		{"clearing the cache from an unknown site", "POST", "clear-cache?path=Wq7Query9zk", form, "path=Wq7Form9zk", 403},
		{"clearing the cache with a form that cannot be read", "POST", "clear-cache?path=Wq7Query9zk", sameSite, "path=%zzWq7Form9zk", 400},
		{"clearing the cache with a form of another type", "POST", "clear-cache", "Sec-Fetch-Site: same-origin\r\nContent-Type: text/Wq7Form9zk; =\r\n", "Wq7Form9zk", 400},
		{"clearing the cache with a large form", "POST", "clear-cache", sameSite, "path=" + strings.Repeat("Wq7Form9zk", 1<<10), 400},
		{"clearing the cache with another site's address", "POST", "clear-cache?path=/Wq7Query9zk", sameSite, "path=https://Wq7Form9zk", 303},
		{"clearing the cache with another host", "POST", "clear-cache", sameSite, "path=//Wq7Form9zk/", 303},
		{"clearing the cache with a query", "POST", "clear-cache", sameSite, "path=/cart?Wq7Form9zk", 303},
		{"clearing the cache with line breaks", "POST", "clear-cache", sameSite, "path=/cart%0d%0aX-Own:Wq7Form9zk", 303},
		{"clearing the cache with the path in the query alone", "POST", "clear-cache?path=/Wq7Query9zk", sameSite, "a=Wq7Form9zk", 303},
		{"clearing the cache by script", "POST", "clear-cache?path=/Wq7Query9zk", sameSite + "Sec-Fetch-Dest: empty\r\n", "path=/Wq7Form9zk", 204},
		{"clearing the cache, by GET", "GET", "clear-cache?path=/Wq7Query9zk", "", "", 405},
		{"an unknown page", "GET", "Wq7Query9zk?Wq7Query9zk", "", "", 404},
		{"an unknown page with escapes", "GET", "%57q7Query9zk%0d%0a%3Cb%3E", "", "", 404},
		{"the page of no type", "GET", "problem/", "", "", 404},
		{"the page of an unknown type", "GET", "problem/Wq7Query9zk", "", "", 404},
		{"a page below that of a type", "GET", "problem/dns_error/Wq7Query9zk", "", "", 404},
		{"the page of a type, by POST", "POST", explain + "lang=Wq7Query9zk", form, "lang=Wq7Form9zk", 405},
		{"an outcome that does not exist", "GET", explain + "outcome=Wq7Query9zk", "", "", 200},
		{"a method that does not exist", "GET", explain + "method=Wq7Query9zk", "", "", 200},
		{"a method with markup", "GET", explain + "method=POST%22%3E%3Cb%3EWq7Query9zk", "", "", 200},
		{"a reference that is none", "GET", explain + "reference=Wq7Query9zk", "", "", 200},
		{"a reference with something behind it", "GET", explain + "reference=7KQ2-M9XD%0aWq7Query9zk", "", "", 200},
		{"a language that does not exist", "GET", explain + "lang=wq7querylang9zk", "", "", 200},
		{"a language with a strange region", "GET", explain + "lang=de-wq7querylang9zk", "", "", 200},
		{"parameters that nobody knows", "GET", explain + "Wq7Query9zk=Wq7Query9zk&fiveohtwo-lang=wq7querylang9zk", "", "", 200},
		{"parameters that cannot be read", "GET", explain + "%zz=Wq7Query9zk;Wq7Query9zk", "", "", 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, gateway := range []string{wrapped.URL, mounted.URL} {
				for i, language := range leakLanguages {
					for _, f := range leakForms[:5] {
						target := "/_fiveohtwo/" + c.path
						if i%2 == 1 {
							target = "http://Wq7User9zk:Wq7Password9zk@" + shopHost + target
						}
						answer := raw(t, gateway, ownRequest(c.method, target, language, f, c.fields, c.body))
						if want := fmt.Sprintf("HTTP/1.1 %d ", c.status); !strings.HasPrefix(answer, want) {
							t.Errorf("%s: want %s: %.200q", f.name, want, answer)
						}
						if found := s.in(answer, slices.Concat(inside, visitorSecrets)); found != nil {
							t.Errorf("%s, %s: there is something of %q", f.name, language, found)
						}
					}
				}
			}
		})
	}
}

func ownRequest(method, target, language string, f leakForm, fields, body string) string {
	accept := f.accept
	if accept == "" {
		accept = "*/*"
	}
	if strings.Contains(fields, "Sec-Fetch-Dest") {
		f.fields = ""
	}
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\nAccept: %s\r\nAccept-Language: %s,wq7accepted9zk;q=0.1\r\n%s%s%s\r\n%s",
		method, target, shopHost, len(body), accept, language, f.fields, fields, secretFields, body)
}
