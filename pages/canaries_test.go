package pages

import (
	"strings"
	"testing"
)

func TestCanaries(t *testing.T) {
	long := "https://a.example/" + strings.Repeat("x", maxField)
	for _, tt := range []struct {
		name string
		urls string // with blanks between them
		want string // the sources, or a part of the error
	}{
		{"none", "", ""},
		{"one by https", "https://www.example.net/alive", " https://www.example.net"},
		{"one by http, with a port", "http://www.example.net:8080/?a=b;c,d'", " http://www.example.net:8080"},
		{"an IPv4 address", "https://192.0.2.1", " https://192.0.2.1"},
		{"two at one place", "https://a.example/1 https://a.example/2", " https://a.example"},
		{"names that begin alike", "https://a.example.net/ https://a.example/", " https://a.example.net https://a.example"},
		{"four", "https://a.example https://b.example https://c.example https://d.example", " https://a.example https://b.example https://c.example https://d.example"},
		{"five", "https://a.example https://b.example https://c.example https://d.example https://e.example", "5 canaries: want at most 4"},
		{"a path", "/alive", `canary "/alive": want a full https or http URL`},
		{"no scheme", "//a.example/", "want a full https or http URL"},
		{"no host", "https:///alive", "want a host name"},
		{"another scheme", "wss://a.example/", "want a full https or http URL"},
		{"a script", "javascript:alert(1)", "want a full https or http URL"},
		{"a user", "https://me@a.example/", "neither a user nor a fragment"},
		{"a user and a password", "https://me:it@a.example/", "neither a user nor a fragment"},
		{"a fragment", "https://a.example/#x", "neither a user nor a fragment"},
		{"an empty fragment", "https://a.example/#", "neither a user nor a fragment"},
		{"an IPv6 address, which no policy can name", "https://[2001:db8::1]/", "want a host name or an IPv4 address"},
		{"a name of another script", "https://b\u00fccher.example/", "want an ASCII URL"},
		{"a host that ends in a number, which is no name", "https://1.2.3.4.5/", "want a host name or an IPv4 address"},
		{"a second directive", "https://a.example;script-src", "want"},
		{"any host", "https://*/", "want a host name"},
		{"a port that is none", "https://a.example:99999/", "want a port"},
		{"an empty port", "https://a.example:/", "want a port"},
		{"too long", long, "want an ASCII URL of at most 100 bytes"},
		{"all faults at once", "ftp://a.example/ https://b.example/#", `"https://b.example/#"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := parseCanaries(strings.Fields(tt.urls)...)
			switch {
			case err == nil && (c.sourceList() != tt.want || c.list() != tt.urls):
				t.Errorf("sources %q of %q, want %q of %q", c.sourceList(), c.list(), tt.want, tt.urls)
			case err != nil && (tt.want == "" || !strings.Contains(err.Error(), tt.want) || c != nil):
				t.Errorf("%+v, %v; want %q", c, err, tt.want)
			}
		})
	}
	for _, bad := range []string{"", " ", "https://a.example/ https://b.example/", "https://a.example/\n", "https://a.example/?a b", "https://a.example/\x00"} {
		if c, err := parseCanaries(bad); err == nil {
			t.Errorf("%q was accepted: %+v", bad, c)
		}
	}
}
