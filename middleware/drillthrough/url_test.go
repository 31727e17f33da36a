package drillthrough_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
)

func TestBadURLs(t *testing.T) {
	for _, c := range []struct{ name, url, says string }{
		{"none", "", "does not begin with http:// or https://"},
		{"no scheme", "shop.example", "does not begin with http:// or https://"},
		{"another scheme", "ftp://shop.example/", "does not begin with http:// or https://"},
		{"no host", "http:///path", "has no host"},
		{"a port that is none", "http://shop.example:99999/", "the port is not between"},
		{"a word as a port", "http://shop.example:http/", "invalid port"},
		{"letters that are not in DNS", "http://bücher.example/", "with xn--"},
		{"control characters", "http://shop.example/\x1b[2J", `\x1b[2J`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := drillthrough.Check(t.Context(), c.url)
			if r.Result != drillthrough.Broken || r.Fault == nil || r.Fault.Type != diagnosis.ProxyConfigurationError || r.Fault.Outcome != diagnosis.NotSent {
				t.Errorf("%+v", r)
			}
			text := tree(t, r)
			if !strings.Contains(text, c.says) || !strings.Contains(text, "Fix: write the URL as") || strings.Contains(text, "\x1b") {
				t.Error(text)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	to := func(f func(r *http.Request) string) string {
		return web(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
				t.Error("credentials were sent")
			}
			if place := f(r); place != "" {
				w.Header().Set("Location", place)
				w.WriteHeader(http.StatusFound)
			}
		})
	}
	elsewhere := web(t, func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") })
	once := func(place string) func(*http.Request) string {
		return func(r *http.Request) string {
			if r.URL.Path == "/" {
				return place
			}
			return ""
		}
	}
	for _, c := range []struct {
		name   string
		host   string
		hops   int
		result drillthrough.Result
		says   string
	}{
		{"one on the same host is followed", to(once("/home?a=b#top")), 2, drillthrough.OK, "GET /home?a=b\n"},
		{"one with a password is followed without it", to(once("//who:secret@127.0.0.1:0/home")), 2, drillthrough.OK, "/home\n"},
		{"one to another host is told, not followed", to(once("http://localhost:" + elsewhere[strings.LastIndex(elsewhere, ":")+1:] + "/")), 1, drillthrough.OK, "another host, which is not asked"},
		{"one to another scheme is not followed", to(once("file:///etc/passwd")), 1, drillthrough.OK, "not asked"},
		{"one without sense is not followed", to(once("http://%zz/")), 1, drillthrough.OK, "302 Found"},
		{"to itself", to(func(*http.Request) string { return "/" }), 1, drillthrough.Broken, "in a circle"},
		{"a circle of two", to(func(r *http.Request) string {
			return map[string]string{"/": "/a", "/a": "/"}[r.URL.Path]
		}), 2, drillthrough.Broken, "in a circle"},
		{"without end", to(func(r *http.Request) string { return r.URL.Path + "x" }), 6, drillthrough.Warning, "more than 5 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checker := drillthrough.Checker{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasSuffix(address, ":0") { // the port of a place that did not know it
					address = c.host
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}}
			r := checker.Check(t.Context(), "http://me:secret@"+c.host)
			text := tree(t, r)
			if r.Result != c.result || len(r.Addresses[0].Hops) != c.hops || !strings.Contains(text, c.says) {
				t.Errorf("%s, %d hops; want %s, %d and %q:\n%s", r.Result, len(r.Addresses[0].Hops), c.result, c.hops, c.says, text)
			}
			if strings.Contains(r.URL, "secret") {
				t.Errorf("the report repeats the password: %s", r.URL)
			}
		})
	}
}

func TestARedirectToHTTPSIsWalkedOnTheSameAddress(t *testing.T) {
	server, client := authority(t, forYears())
	plain := web(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://SHOP.example"+r.URL.Path, http.StatusMovedPermanently)
	})
	checker := drillthrough.Checker{
		TLS: client, Resolver: names{"shop.example": {"192.0.2.1"}},
		Dial: routes{"192.0.2.1:80": plain, "192.0.2.1:443": secure(t, server, true)}.dial,
	}
	r := checker.Check(t.Context(), "http://shop.example/cart")
	if hops := r.Addresses[0].Hops; r.Result != drillthrough.OK || len(hops) != 2 || len(hops[1].Links) != 5 {
		t.Error(tree(t, r))
	}
}
